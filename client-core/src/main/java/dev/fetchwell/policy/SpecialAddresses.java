package dev.fetchwell.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which addresses are not of the public Internet, and what kind they are.
 *
 * <p>By IANA's registries of special-purpose addresses (<a
 * href="https://www.rfc-editor.org/rfc/rfc6890">RFC 6890</a>, <a
 * href="https://www.iana.org/assignments/iana-ipv4-special-registry">IPv4</a>, <a
 * href="https://www.iana.org/assignments/iana-ipv6-special-registry">IPv6</a>), whole blocks at a
 * time: the anycast addresses inside of 192.0.0.0/24 and 2001::/23, which are global, speak no
 * HTTP. Of IPv6 only 2000::/3 was ever given out, so all the rest counts as special.
 */
final class SpecialAddresses {

  private static final Cidr GLOBAL_UNICAST = Cidr.of("2000::/3");
  private static final Cidr NAT64 = Cidr.of("64:ff9b::/96");
  private static final Cidr SIX_TO_FOUR = Cidr.of("2002::/16");
  private static final Cidr TEREDO = Cidr.of("2001::/32");
  private static final Cidr COMPATIBLE = Cidr.of("::/96");

  private static final String RESERVED = "a reserved address";
  private static final String PROTOCOLS = "an address reserved for protocols";
  private static final String DOCUMENTATION = "a documentation address";
  private static final String BENCHMARKING = "a benchmarking address";
  private static final String PRIVATE = "a private address";
  private static final String LINK_LOCAL = "a link-local address";
  private static final String LOOPBACK = "a loopback address";
  private static final String UNSPECIFIED = "an unspecified address";
  private static final String MULTICAST = "a multicast address";

  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;
  private static final int MAPPED_MARK = 10;

  private record Block(Cidr network, String kind) {}

  /** The first that contains an address says what it is. */
  private static final List<Block> BLOCKS =
      List.of(
          block("0.0.0.0/8", UNSPECIFIED),
          block("10.0.0.0/8", PRIVATE),
          block("100.64.0.0/10", "a shared address"),
          block("127.0.0.0/8", LOOPBACK),
          // Of Azure's machines: from the public range, but it leads to the host below.
          block("168.63.129.16", "an address of a cloud's platform"),
          block("169.254.0.0/16", LINK_LOCAL),
          block("172.16.0.0/12", PRIVATE),
          block("192.0.0.0/24", PROTOCOLS),
          block("192.0.2.0/24", DOCUMENTATION),
          block("192.88.99.0/24", "an address of 6to4 relays"),
          block("192.168.0.0/16", PRIVATE),
          block("198.18.0.0/15", BENCHMARKING),
          block("198.51.100.0/24", DOCUMENTATION),
          block("203.0.113.0/24", DOCUMENTATION),
          block("224.0.0.0/4", MULTICAST),
          block("255.255.255.255", "the broadcast address"),
          block("240.0.0.0/4", RESERVED),
          block("::", UNSPECIFIED),
          block("::1", LOOPBACK),
          block("64:ff9b:1::/48", "a local NAT64 address"),
          block("100::/64", "a discard-only address"),
          block("2001:2::/48", BENCHMARKING),
          block("2001::/23", PROTOCOLS),
          block("2001:db8::/32", DOCUMENTATION),
          block("3fff::/20", DOCUMENTATION),
          block("5f00::/16", "a segment routing address"),
          block("fc00::/7", "a unique-local address"),
          block("fe80::/10", LINK_LOCAL),
          block("fec0::/10", "a site-local address"),
          block("ff00::/8", MULTICAST));

  private SpecialAddresses() {}

  private static Block block(String cidr, String kind) {
    return new Block(Cidr.of(cidr), kind);
  }

  /** The four bytes of an IPv4 address that is mapped into IPv6, as it is connected to as such. */
  static byte[] unmapped(byte[] address) {
    if (address.length != IPV6_BYTES
        || address[MAPPED_MARK] != -1
        || address[MAPPED_MARK + 1] != -1) {
      return address;
    }
    for (int i = 0; i < MAPPED_MARK; i++) {
      if (address[i] != 0) {
        return address;
      }
    }
    return Arrays.copyOfRange(address, IPV6_BYTES - IPV4_BYTES, IPV6_BYTES);
  }

  /** What kind of special address it is; empty for one of the public Internet. */
  static Optional<String> kind(byte[] address) {
    Optional<String> tunnelled = tunnelled(address, SpecialAddresses::kind);
    if (tunnelled.isPresent()) {
      return tunnelled.map(kind -> "the IPv6 form of " + kind);
    }
    if (isTunnel(address)) {
      return Optional.empty();
    }
    for (Block block : BLOCKS) {
      if (block.network.contains(address)) {
        return Optional.of(block.kind);
      }
    }
    boolean isPublic = address.length == IPV4_BYTES || GLOBAL_UNICAST.contains(address);
    return isPublic ? Optional.empty() : Optional.of(RESERVED);
  }

  private static boolean isTunnel(byte[] address) {
    return NAT64.contains(address) || SIX_TO_FOUR.contains(address) || TEREDO.contains(address);
  }

  /**
   * What is found of the IPv4 addresses that an IPv6 address leads to, by translation (<a
   * href="https://www.rfc-editor.org/rfc/rfc6052">RFC 6052</a>) or a tunnel (<a
   * href="https://www.rfc-editor.org/rfc/rfc3056">RFC 3056</a>, <a
   * href="https://www.rfc-editor.org/rfc/rfc4380">RFC 4380</a>), or did once (<a
   * href="https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.1">RFC 4291</a>).
   */
  static Optional<String> tunnelled(byte[] address, Function<byte[], Optional<String>> found) {
    if (SIX_TO_FOUR.contains(address)) {
      return found.apply(Arrays.copyOfRange(address, 2, 2 + IPV4_BYTES));
    }
    if (NAT64.contains(address) || isCompatible(address)) {
      return found.apply(last(address));
    }
    if (!TEREDO.contains(address)) {
      return Optional.empty();
    }
    byte[] client = last(address);
    for (int i = 0; i < IPV4_BYTES; i++) {
      client[i] = (byte) ~client[i];
    }
    Optional<String> server = found.apply(Arrays.copyOfRange(address, IPV4_BYTES, 2 * IPV4_BYTES));
    return server.isPresent() ? server : found.apply(client);
  }

  /** But for {@code ::} and {@code ::1}, which are none. */
  private static boolean isCompatible(byte[] address) {
    if (!COMPATIBLE.contains(address)) {
      return false;
    }
    byte[] last = last(address);
    return last[0] != 0 || last[1] != 0 || last[2] != 0 || (last[3] != 0 && last[3] != 1);
  }

  private static byte[] last(byte[] address) {
    return Arrays.copyOfRange(address, IPV6_BYTES - IPV4_BYTES, IPV6_BYTES);
  }
}
