package dev.fetchwell.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The request cannot be sent as it is, because of its URL, a header, its template or its body; the
 * message says what was expected. A bug of the calling code rather than trouble on the network.
 */
public final class InvalidRequestError extends FetchError {

  private static final long serialVersionUID = 1L;

  /** Creates an error saying what is wrong and what was expected. */
  public InvalidRequestError(String problem, CallFacts facts, @Nullable Throwable cause) {
    super(
        "invalid request: " + Objects.requireNonNull(problem, "problem"),
        Objects.requireNonNull(facts, "facts").notProcessed(),
        cause);
  }

  private InvalidRequestError(InvalidRequestError other, CallFacts facts) {
    super(other, facts.notProcessed());
  }

  @Override
  InvalidRequestError copy(CallFacts others) {
    return new InvalidRequestError(this, others);
  }
}
