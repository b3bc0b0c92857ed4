package dev.fetchwell.error;

import java.util.Objects;

/** The client's address guard does not let it connect to where the call would go. */
public final class AddressBlockedError extends RejectedError {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an error.
   *
   * @param problem which address it is and why it is blocked, and what to do about it
   */
  public AddressBlockedError(String problem, CallFacts facts) {
    super(Objects.requireNonNull(problem, "problem"), facts, null);
  }

  private AddressBlockedError(AddressBlockedError other, CallFacts facts) {
    super(other, facts);
  }

  @Override
  AddressBlockedError copy(CallFacts others) {
    return new AddressBlockedError(this, others);
  }
}
