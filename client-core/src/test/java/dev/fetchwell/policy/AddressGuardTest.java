package dev.fetchwell.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.internal.text.IpLiteral;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {

  private static final AddressGuard PUBLIC = AddressGuard.publicOnly();

  static InetAddress address(String text) {
    byte[] bytes = IpLiteral.bytes(text);
    assertThat(bytes).as(text).isNotEmpty();
    return address(bytes);
  }

  static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, an unspecified address",
    "10.255.255.255, a private address",
    "100.64.0.1, a shared address",
    "100.100.100.200, a shared address",
    "127.8.9.10, a loopback address",
    "168.63.129.16, an address of a cloud's platform",
    "169.254.169.254, a link-local address",
    "172.31.0.1, a private address",
    "192.0.0.192, an address reserved for protocols",
    "192.0.2.1, a documentation address",
    "192.88.99.1, an address of 6to4 relays",
    "192.168.1.1, a private address",
    "198.19.255.255, a benchmarking address",
    "198.51.100.7, a documentation address",
    "203.0.113.7, a documentation address",
    "224.0.0.1, a multicast address",
    "239.255.255.250, a multicast address",
    "240.0.0.1, a reserved address",
    "255.255.255.255, the broadcast address",
    "::, an unspecified address",
    "::1, a loopback address",
    "::ffff:127.0.0.1, a loopback address",
    "::127.0.0.1, the IPv6 form of a loopback address",
    "::8.8.8.8, a reserved address",
    "::ffff:0:127.0.0.1, a reserved address",
    "64:ff9b::10.0.0.1, the IPv6 form of a private address",
    "64:ff9b:1::8.8.8.8, a local NAT64 address",
    "100::1, a discard-only address",
    "100:0:0:1::1, a reserved address",
    "2001:0:a00:1::f7f7:f7f7, the IPv6 form of a private address",
    "2001:0:808:808::f5ff:fffe, the IPv6 form of a private address",
    "2001:2::1, a benchmarking address",
    "2001:10::1, an address reserved for protocols",
    "2001:db8::1, a documentation address",
    "2002:7f00:1::, the IPv6 form of a loopback address",
    "2002:a9fe:a9fe::1, the IPv6 form of a link-local address",
    "3fff:fff::1, a documentation address",
    "4000::1, a reserved address",
    "5f00::1, a segment routing address",
    "fc00::1, a unique-local address",
    "fd00:ec2::254, a unique-local address",
    "fe80::1, a link-local address",
    "febf:ffff::1, a link-local address",
    "fec0::1, a site-local address",
    "ff02::1, a multicast address",
  })
  void saysWhatKindOfAddressIsBlocked(String address, String kind) {
    assertThat(PUBLIC.blocks(address(address))).contains(kind);
    assertThat(PUBLIC.allows(address(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.31.196.1",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2001:0:808:808::f7f7:f7f7",
        "2002:808:808::1",
        "2001:4860:4860::8888",
        "2606:4700:4700::1111",
        "2620:4f:8000::1"
      })
  void publicAddressesAreLetThrough(String address) {
    assertThat(PUBLIC.blocks(address(address))).isEmpty();
  }

  @Test
  void mappedAddressThatJavaKeepsAsOneOfIpv6IsJudgedAsTheOneThatIsConnectedTo() throws Exception {
    byte[] mapped = new byte[16];
    Arrays.fill(mapped, 10, 12, (byte) 0xff);
    mapped[12] = 127;
    mapped[15] = 1;
    InetAddress kept = Inet6Address.getByAddress("public.example", mapped, 0);

    assertThat(kept).isInstanceOf(Inet6Address.class);
    assertThat(PUBLIC.blocks(kept)).contains("a loopback address");
    assertThat(PUBLIC.allow("127.0.0.1").allows(kept)).isTrue();
  }

  @Test
  void zoneOfAnAddressDoesNotMatter() throws Exception {
    byte[] linkLocal = address("fe80::1").getAddress();

    assertThat(PUBLIC.allows(Inet6Address.getByAddress("h", linkLocal, 3))).isFalse();
    assertThat(PUBLIC.allow("fe80::/64").allows(Inet6Address.getByAddress("h", linkLocal, 3)))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.0.0/16, 10.1.255.255, 10.2.0.0",
    "10.1.2.3, 10.1.2.3, 10.1.2.4",
    "10.1.2.0/23, 10.1.3.255, 10.1.4.0",
    "127.0.0.2/32, 127.0.0.2, 127.0.0.1",
    "0.0.0.0/0, 10.1.2.3, ::1",
    "::/0, fd00::1, 10.1.2.3",
    "fd00:1::/33, fd00:1:7fff::1, fd00:1:8000::1",
    "::1, ::1, 127.0.0.1",
    "::ffff:10.1.0.0/112, 10.1.2.3, 10.2.2.3",
    "10.1.0.0/16, ::ffff:10.1.2.3, 64:ff9b::10.1.2.3",
    "10.1.0.0/16, 10.1.2.3, 2002:a01:203::1",
  })
  void allowsWhatBelongsToTheNetworkAndNothingElse(String cidr, String inside, String outside) {
    AddressGuard guard = PUBLIC.allow(cidr);

    assertThat(guard.allows(address(inside))).isTrue();
    assertThat(guard.allows(address(outside))).isFalse();
    assertThat(guard.allow("192.168.0.7").allows(address(inside))).isTrue();
    assertThat(PUBLIC.allows(address(inside))).isFalse();
  }

  @Test
  void whatIsDeniedIsBlockedThoughItIsPublicOrAllowed() {
    AddressGuard guard = PUBLIC.deny("8.8.0.0/16").allow("8.8.8.8").deny("2606:4700::/32");

    assertThat(guard.blocks(address("8.8.8.8"))).contains("a denied address");
    assertThat(guard.allows(address("64:ff9b::8.8.8.8"))).isFalse();
    assertThat(guard.allows(address("2002:808:808::1"))).isFalse();
    assertThat(guard.allows(address("2606:4700::1"))).isFalse();
    assertThat(guard.allows(address("8.9.8.8"))).isTrue();
    assertThat(PUBLIC.deny("::ffff:8.8.8.8").allows(address("8.8.8.8"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "/8",
        "10.1.0.0/",
        "10.1.0.0/33",
        "10.1.0.0/-1",
        "10.1.0.0/+8",
        "10.1.0.0/016",
        "10.1.0.0/16/2",
        "10.1.0.0/16 ",
        "10.1/16",
        "010.1.0.0/16",
        "256.1.0.0/16",
        "0x0a.1.0.0/16",
        "167837696",
        "localhost",
        "example.com/24",
        "fe80::1%eth0",
        "[::1]",
        ":",
        "::1::",
        "1:2:3:4:5:6:7:8:9",
        "fd00::/129",
        "::ffff:10.1.0.0/16",
        "/",
        "999999999999/8",
        "٣.1.1.1"
      })
  void whatIsNoNetworkIsRefusedAtOnceAndNeverLookedUp(String cidr) {
    String message =
        "cidr: "
            + cidr
            + " (expected: a network or an address, such as 10.1.0.0/16, 10.1.2.3 or fd00:1::/32)";

    assertThatThrownBy(() -> PUBLIC.allow(cidr))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> PUBLIC.deny(cidr))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({"10.1.2.3/16, 10.1.2.3", "fd00:1::1/32, fd00:1::1", "10.0.0.1/31, 10.0.0.1"})
  void bitsBehindTheNetworkAreMostLikelyASlip(String cidr, String address) {
    String bits = cidr.substring(cidr.indexOf('/') + 1);

    assertThatThrownBy(() -> PUBLIC.allow(cidr))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "cidr: %s (expected: no bits set after the first %s; %s alone is that one address)",
            cidr, bits, address);
  }

  @Test
  @SuppressWarnings("NullAway") // It is what is tested.
  void nullIsRefusedAtOnce() {
    assertThatThrownBy(() -> PUBLIC.allow(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> PUBLIC.deny(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> PUBLIC.blocks(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void equalByValueAndReadable() {
    AddressGuard guard = PUBLIC.allow("10.1.0.0/16").allow("::1").deny("8.8.8.8").allowProxies();

    assertThat(guard)
        .isEqualTo(PUBLIC.allow("10.1.0.0/16").allow("::1").deny("8.8.8.8/32").allowProxies())
        .hasSameHashCodeAs(
            PUBLIC.allow("10.1.0.0/16").allow("::1").deny("8.8.8.8/32").allowProxies())
        .isNotEqualTo(PUBLIC.allow("10.1.0.0/16").allow("::1").deny("8.8.8.8"))
        .hasToString("AddressGuard[public, allowed [10.1.0.0/16, ::1], denied [8.8.8.8], proxies]");
    assertThat(PUBLIC).hasToString("AddressGuard[public]");
    assertThat(PUBLIC.allowsProxies()).isFalse();
    assertThat(guard.allowsProxies()).isTrue();
  }
}
