package dev.fetchwell.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Which addresses a client may connect to, judged by the address itself and not by its name.
 * Immutable and thread-safe.
 *
 * <pre>{@code
 * AddressGuard.publicOnly().allow("10.1.0.0/16");
 * }</pre>
 */
public final class AddressGuard {

  private static final AddressGuard PUBLIC_ONLY = new AddressGuard(List.of());

  private final List<String> allowed;

  private AddressGuard(List<String> allowed) {
    this.allowed = allowed;
  }

  /** Only addresses of the public Internet. */
  public static AddressGuard publicOnly() {
    return PUBLIC_ONLY;
  }

  /** Also the addresses of a network, such as {@code "10.1.0.0/16"}. */
  public AddressGuard allow(String cidr) {
    List<String> more = new ArrayList<>(allowed);
    more.add(Objects.requireNonNull(cidr, "cidr"));
    return new AddressGuard(List.copyOf(more));
  }

  @Override
  public String toString() {
    return "AddressGuard[public" + (allowed.isEmpty() ? "" : " and " + allowed) + "]";
  }
}
