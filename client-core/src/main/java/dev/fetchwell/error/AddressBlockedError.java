package dev.fetchwell.error;

import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The client's address guard does not let it connect to where the call would go, or to a proxy
 * whose way it cannot see. Nothing was sent there, and the call is not retried. {@link
 * #mayHaveBeenProcessed()} is false, unless something was sent elsewhere before, such as a POST
 * that was answered with a redirect to the blocked address.
 *
 * <p>The message names the host and the kind of its address. That is for your log: shown to whoever
 * supplied the URL, it tells them what your network looks like.
 */
public final class AddressBlockedError extends RejectedError {

  private static final long serialVersionUID = 1L;

  private final @Nullable InetAddress address;

  /**
   * Creates an error without an address, as for a proxy.
   *
   * @param problem what is blocked and why, and what to do about it
   */
  public AddressBlockedError(String problem, CallFacts facts) {
    super(Objects.requireNonNull(problem, "problem"), facts);
    address = null;
  }

  /**
   * Creates an error.
   *
   * @param problem what kind of address is blocked, and what to do about it
   * @param address the address
   */
  public AddressBlockedError(String problem, InetAddress address, CallFacts facts) {
    super(Objects.requireNonNull(problem, "problem"), facts);
    this.address = Objects.requireNonNull(address, "address");
  }

  /** The address, which no message shows; empty if it was a proxy that was refused. */
  public Optional<InetAddress> address() {
    return Optional.ofNullable(address);
  }

  private AddressBlockedError(AddressBlockedError other, CallFacts facts) {
    super(other, facts);
    this.address = other.address;
  }

  @Override
  AddressBlockedError copy(CallFacts others) {
    return new AddressBlockedError(this, others);
  }
}
