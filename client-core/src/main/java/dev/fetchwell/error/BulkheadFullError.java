package dev.fetchwell.error;

import java.util.Objects;

/**
 * All permits are taken, and all places in the queue of the host, or of the client, are too. The
 * call was never sent.
 */
public final class BulkheadFullError extends RejectedError {

  private static final long serialVersionUID = 1L;

  /** Creates an error saying which limit was met. */
  public BulkheadFullError(String limit, CallFacts facts) {
    super(
        "bulkhead full: "
            + Objects.requireNonNull(limit, "limit")
            + " (send fewer calls, or raise maxQueued or maxQueuedPerHost)",
        facts,
        null);
  }

  private BulkheadFullError(BulkheadFullError other, CallFacts facts) {
    super(other, facts);
  }

  @Override
  BulkheadFullError copy(CallFacts others) {
    return new BulkheadFullError(this, others);
  }
}
