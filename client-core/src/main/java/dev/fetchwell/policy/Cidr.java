package dev.fetchwell.policy;

import dev.fetchwell.internal.text.IpLiteral;
import java.util.Arrays;
import java.util.Objects;

/** A network: the addresses that begin with the same bits. Immutable. */
final class Cidr {

  private static final String EXPECTED =
      " (expected: a network or an address, such as 10.1.0.0/16, 10.1.2.3 or fd00:1::/32)";

  private static final int OCTET = 8;

  /** The bits of an IPv6 address before an IPv4 one that is mapped into it. */
  private static final int MAPPED_BITS = 96;

  private static final int IPV4_BYTES = 4;

  private final String text;
  private final byte[] network;
  private final int bits;

  private Cidr(String text, byte[] network, int bits) {
    this.text = text;
    this.network = network;
    this.bits = bits;
  }

  /**
   * Reads {@code 10.1.0.0/16} or a single address.
   *
   * @throws IllegalArgumentException if it is neither, or has bits set behind the network's
   */
  static Cidr of(String text) {
    Objects.requireNonNull(text, "cidr");
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    byte[] bytes = IpLiteral.bytes(address);
    boolean isMapped = bytes.length == IPV4_BYTES && address.indexOf(':') >= 0;
    int before = isMapped ? MAPPED_BITS : 0;
    int all = before + bytes.length * OCTET;
    int bits = slash < 0 ? all : prefix(text.substring(slash + 1));
    if (bytes.length == 0 || bits < before || bits > all) {
      throw new IllegalArgumentException("cidr: " + text + EXPECTED);
    }
    Cidr network = new Cidr(text, bytes, bits - before);
    if (!Arrays.equals(network.masked(), bytes)) {
      throw new IllegalArgumentException(
          "cidr: "
              + text
              + " (expected: no bits set after the first "
              + bits
              + "; "
              + address
              + " alone is that one address)");
    }
    return network;
  }

  private static int prefix(String digits) {
    return digits.matches("0|[1-9][0-9]{0,2}") ? Integer.parseInt(digits) : -1;
  }

  private byte[] masked() {
    byte[] masked = network.clone();
    for (int i = 0; i < masked.length; i++) {
      masked[i] &= (byte) mask(i);
    }
    return masked;
  }

  /** Which bits of the byte count. */
  private int mask(int index) {
    int counting = Math.max(0, Math.min(OCTET, bits - index * OCTET));
    return 0xff << (OCTET - counting) & 0xff;
  }

  /** Whether an address belongs to it; never if it is of the other family. */
  boolean contains(byte[] address) {
    if (address.length != network.length) {
      return false;
    }
    for (int i = 0; i < network.length; i++) {
      if (((address[i] ^ network[i]) & mask(i)) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cidr that && bits == that.bits && Arrays.equals(network, that.network);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(network) + bits;
  }

  @Override
  public String toString() {
    return text;
  }
}
