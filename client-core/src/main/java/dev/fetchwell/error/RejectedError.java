package dev.fetchwell.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The client itself refused the call. Nothing was sent, so it is safe to call again. */
public abstract sealed class RejectedError extends FetchError
    permits AddressBlockedError,
        BulkheadFullError,
        CircuitOpenError,
        ClientClosedError,
        QueueClosedError,
        RateLimitExceededError {

  private static final long serialVersionUID = 1L;

  RejectedError(String problem, CallFacts facts, @Nullable Throwable cause) {
    super(problem, Objects.requireNonNull(facts, "facts").notProcessed(), cause);
  }

  RejectedError(RejectedError other, CallFacts facts) {
    super(other, facts.notProcessed());
  }
}
