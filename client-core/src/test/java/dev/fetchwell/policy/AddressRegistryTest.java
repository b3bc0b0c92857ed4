package dev.fetchwell.policy;

import static dev.fetchwell.policy.AddressGuardTest.address;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.internal.text.IpLiteral;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The guard against IANA's registries of special-purpose addresses, whose entries that are not
 * globally reachable stand here as ranges of numbers, with multicast, the space of IPv6 that was
 * never given out, and the deprecated blocks.
 */
class AddressRegistryTest {

  private static final AddressGuard PUBLIC = AddressGuard.publicOnly();
  private static final int SAMPLES = 2_000;

  private static final List<Range> IPV4 =
      Stream.of(
              "0.0.0.0/8",
              "10.0.0.0/8",
              "100.64.0.0/10",
              "127.0.0.0/8",
              "168.63.129.16/32",
              "169.254.0.0/16",
              "172.16.0.0/12",
              "192.0.0.0/24",
              "192.0.2.0/24",
              "192.88.99.0/24",
              "192.168.0.0/16",
              "198.18.0.0/15",
              "198.51.100.0/24",
              "203.0.113.0/24",
              "224.0.0.0/4",
              "240.0.0.0/4")
          .map(Range::of)
          .toList();

  /** But for those that lead to an IPv4 address. */
  private static final List<Range> IPV6 =
      Stream.of(
              "::/3",
              "2001:1::/32",
              "2001:2::/31",
              "2001:4::/30",
              "2001:8::/29",
              "2001:10::/28",
              "2001:20::/27",
              "2001:40::/26",
              "2001:80::/25",
              "2001:100::/24",
              "2001:db8::/32",
              "3fff::/20",
              "4000::/2",
              "8000::/1")
          .map(Range::of)
          .toList();

  private static final List<Range> TUNNELS =
      Stream.of("::ffff:0:0/96", "64:ff9b::/96", "2001::/32", "2002::/16").map(Range::of).toList();

  private record Range(String cidr, BigInteger first, BigInteger last, int bytes) {

    static Range of(String cidr) {
      String[] parts = cidr.split("/", -1);
      boolean mapped = cidr.startsWith("::ffff");
      byte[] bytes = mapped ? mapped(new byte[4]) : IpLiteral.bytes(parts[0]);
      BigInteger first = new BigInteger(1, bytes);
      int free = bytes.length * 8 - Integer.parseInt(parts[1]);
      BigInteger last = first.add(BigInteger.TWO.pow(free)).subtract(BigInteger.ONE);
      return new Range(cidr, first, last, bytes.length);
    }

    boolean contains(BigInteger number) {
      return number.compareTo(first) >= 0 && number.compareTo(last) <= 0;
    }

    BigInteger any(Random random) {
      BigInteger size = last.subtract(first).add(BigInteger.ONE);
      return first.add(new BigInteger(size.bitLength() + 8, random).mod(size));
    }

    @Override
    public String toString() {
      return cidr;
    }
  }

  private static boolean isIn(List<Range> ranges, BigInteger number) {
    return ranges.stream().anyMatch(range -> range.contains(number));
  }

  private static boolean isBlocked(BigInteger number, int length) {
    return !PUBLIC.allows(address(bytes(number, length)));
  }

  private static byte[] bytes(BigInteger number, int length) {
    byte[] bytes = new byte[length];
    byte[] given = number.toByteArray();
    int count = Math.min(given.length, length);
    System.arraycopy(given, given.length - count, bytes, length - count, count);
    return bytes;
  }

  static Stream<Range> blocks() {
    return Stream.concat(IPV4.stream(), IPV6.stream());
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void blockIsBlockedFromItsFirstToItsLastAddressAndNoFurther(Range range) {
    List<Range> all = range.bytes == 4 ? IPV4 : IPV6;
    BigInteger space = BigInteger.TWO.pow(range.bytes * 8);
    assertThat(isBlocked(range.first, range.bytes)).isTrue();
    assertThat(isBlocked(range.last, range.bytes)).isTrue();
    for (BigInteger beside :
        List.of(range.first.subtract(BigInteger.ONE), range.last.add(BigInteger.ONE))) {
      boolean exists = beside.signum() >= 0 && beside.compareTo(space) < 0;
      if (exists && !isIn(TUNNELS, beside)) {
        assertThat(isBlocked(beside, range.bytes))
            .as("beside %s", range)
            .isEqualTo(isIn(all, beside));
      }
    }
    Random random = new Random(range.cidr.hashCode());
    for (int i = 0; i < SAMPLES; i++) {
      BigInteger number = range.any(random);
      if (!isIn(TUNNELS, number)) {
        assertThat(isBlocked(number, range.bytes)).as(number.toString(16)).isTrue();
      }
    }
  }

  @Test
  void everythingElseIsPublic() {
    Random random = new Random(7);
    Range unicast = Range.of("2000::/3");
    for (int i = 0; i < 20 * SAMPLES; i++) {
      BigInteger four = new BigInteger(32, random);
      assertThat(isBlocked(four, 4)).as(four.toString(16)).isEqualTo(isIn(IPV4, four));
      BigInteger sixteen = unicast.any(random);
      if (!isIn(TUNNELS, sixteen)) {
        assertThat(isBlocked(sixteen, 16)).as(sixteen.toString(16)).isEqualTo(isIn(IPV6, sixteen));
      }
    }
  }

  @Test
  void formsOfAnIpv4AddressInIpv6AreBlockedIfTheAddressIs() {
    Random random = new Random(8);
    byte[] friendly = {8, 8, 8, 8};
    for (int i = 0; i < 4 * SAMPLES; i++) {
      Range range = IPV4.get(random.nextInt(IPV4.size()));
      byte[] four = bytes(i % 2 == 0 ? range.any(random) : new BigInteger(32, random), 4);
      boolean blocked = isIn(IPV4, new BigInteger(1, four));
      for (byte[] form :
          List.of(
              mapped(four),
              nat64(four),
              sixToFour(four, random),
              teredo(four, friendly, random),
              teredo(friendly, four, random))) {
        assertThat(PUBLIC.allows(address(form)))
            .as("%s of %s", Arrays.toString(form), Arrays.toString(four))
            .isEqualTo(!blocked);
      }
      byte[] compatible = new byte[16];
      System.arraycopy(four, 0, compatible, 12, 4);
      assertThat(PUBLIC.allows(address(compatible))).isFalse();
    }
  }

  private static byte[] mapped(byte[] four) {
    byte[] form = new byte[16];
    form[10] = -1;
    form[11] = -1;
    System.arraycopy(four, 0, form, 12, 4);
    return form;
  }

  private static byte[] nat64(byte[] four) {
    byte[] form = IpLiteral.bytes("64:ff9b::");
    System.arraycopy(four, 0, form, 12, 4);
    return form;
  }

  private static byte[] sixToFour(byte[] four, Random random) {
    byte[] form = new byte[16];
    random.nextBytes(form);
    form[0] = 0x20;
    form[1] = 0x02;
    System.arraycopy(four, 0, form, 2, 4);
    return form;
  }

  private static byte[] teredo(byte[] server, byte[] client, Random random) {
    byte[] form = new byte[16];
    random.nextBytes(form);
    System.arraycopy(IpLiteral.bytes("2001::"), 0, form, 0, 4);
    System.arraycopy(server, 0, form, 4, 4);
    for (int i = 0; i < 4; i++) {
      form[12 + i] = (byte) ~client[i];
    }
    return form;
  }
}
