package dev.fetchwell.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The client itself refused the call. Nothing was sent, so it is safe to call again; but for an
 * {@link AddressBlockedError} after a redirect of a POST, which was sent and answered.
 */
public abstract sealed class RejectedError extends FetchError
    permits AddressBlockedError,
        BulkheadFullError,
        CircuitOpenError,
        ClientClosedError,
        QueueClosedError,
        RateLimitExceededError {

  private static final long serialVersionUID = 1L;

  /** For a call of which an earlier hop may have been processed, as the facts say. */
  RejectedError(String problem, CallFacts facts) {
    super(problem, facts, null);
  }

  RejectedError(String problem, CallFacts facts, @Nullable Throwable cause) {
    super(problem, Objects.requireNonNull(facts, "facts").notProcessed(), cause);
  }

  RejectedError(RejectedError other, CallFacts facts) {
    super(other, other.mayHaveBeenProcessed() ? facts : facts.notProcessed());
  }
}
