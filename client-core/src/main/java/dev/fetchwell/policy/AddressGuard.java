package dev.fetchwell.policy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Which addresses a client may connect to, so that URLs from strangers do not lead it into the
 * network that it runs in (server-side request forgery). What is judged is the address that is
 * about to be connected to, and not a name or a text: so it holds for every way to write an
 * address, for redirects, for streams and web sockets, and for names whose address changes. Not one
 * packet is sent to an address that is blocked; the call ends with an {@code AddressBlockedError}
 * and is not retried.
 *
 * <p>Immutable and thread-safe: each method gives a changed copy.
 *
 * <pre>{@code
 * AddressGuard.publicOnly().allow("10.1.0.0/16");
 * }</pre>
 */
public final class AddressGuard {

  private static final AddressGuard PUBLIC_ONLY = new AddressGuard(List.of(), List.of(), false);

  private final List<Cidr> allowed;
  private final List<Cidr> denied;
  private final boolean proxies;

  private AddressGuard(List<Cidr> allowed, List<Cidr> denied, boolean proxies) {
    this.allowed = allowed;
    this.denied = denied;
    this.proxies = proxies;
  }

  /**
   * Only addresses of the public Internet: none that is loopback, private, shared, link-local
   * (clouds' metadata), unique-local, multicast or otherwise special by IANA's registries, also not
   * inside of an IPv6 address that leads to one of IPv4.
   */
  public static AddressGuard publicOnly() {
    return PUBLIC_ONLY;
  }

  /**
   * Also the addresses of a network, such as {@code "10.1.0.0/16"} or {@code "fd00:1::/32"}, or a
   * single one, such as {@code "10.1.2.3"}; may be repeated. Keep it as small as can be: whoever
   * supplies a URL reaches every port of it. It does not stretch to the IPv6 forms of an IPv4
   * address (6to4, Teredo, NAT64), which lead another way.
   *
   * @throws IllegalArgumentException if it is no network, or has bits set behind the network's
   */
  public AddressGuard allow(String cidr) {
    return new AddressGuard(with(allowed, Cidr.of(cidr)), denied, proxies);
  }

  /**
   * Never the addresses of a network or a single one, though they are public or allowed, such as
   * those of your own servers, or the prefix by which your network's NAT64 leads to IPv4; may be
   * repeated. It wins over {@link #allow}, whichever comes first, and holds for IPv6 forms of an
   * IPv4 address, too.
   *
   * @throws IllegalArgumentException if it is no network, or has bits set behind the network's
   */
  public AddressGuard deny(String cidr) {
    return new AddressGuard(allowed, with(denied, Cidr.of(cidr)), proxies);
  }

  /**
   * Goes through a proxy where one is configured: on the client's {@code OkHttpClient}, or for the
   * JVM. By default such calls are refused, because the proxy looks up the name and connects, and
   * nobody here sees where to. Allow it if the proxy judges addresses itself. The proxy's own
   * address is not judged then, nor is where a {@code SocketFactory} of yours really connects to;
   * an address that stands in the URL in place of a name still is.
   */
  public AddressGuard allowProxies() {
    return new AddressGuard(allowed, denied, true);
  }

  /** Whether calls may go through a proxy. */
  public boolean allowsProxies() {
    return proxies;
  }

  /** Whether an address may be connected to. */
  public boolean allows(InetAddress address) {
    return blocks(address).isEmpty();
  }

  /**
   * What kind of address it is, such as {@code "a loopback address"}, if it may not be connected
   * to; empty if it may.
   */
  public Optional<String> blocks(InetAddress address) {
    byte[] bytes =
        SpecialAddresses.unmapped(Objects.requireNonNull(address, "address").getAddress());
    Optional<String> never = denied(bytes);
    if (never.isPresent()) {
      return never;
    }
    return contains(allowed, bytes) ? Optional.empty() : SpecialAddresses.kind(bytes);
  }

  private Optional<String> denied(byte[] address) {
    if (denied.isEmpty()) {
      return Optional.empty();
    }
    return contains(denied, address)
        ? Optional.of("a denied address")
        : SpecialAddresses.tunnelled(address, this::denied);
  }

  private static boolean contains(List<Cidr> networks, byte[] address) {
    for (Cidr network : networks) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  private static List<Cidr> with(List<Cidr> known, Cidr another) {
    List<Cidr> more = new ArrayList<>(known);
    more.add(another);
    return List.copyOf(more);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AddressGuard that
        && allowed.equals(that.allowed)
        && denied.equals(that.denied)
        && proxies == that.proxies;
  }

  @Override
  public int hashCode() {
    return Objects.hash(allowed, denied, proxies);
  }

  @Override
  public String toString() {
    return "AddressGuard[public"
        + (allowed.isEmpty() ? "" : ", allowed " + allowed)
        + (denied.isEmpty() ? "" : ", denied " + denied)
        + (proxies ? ", proxies" : "")
        + "]";
  }
}
