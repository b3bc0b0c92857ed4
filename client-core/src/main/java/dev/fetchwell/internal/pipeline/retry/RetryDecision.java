package dev.fetchwell.internal.pipeline.retry;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.policy.RetryPolicy;
import java.time.Duration;

/** Whether one failure of one call is tried again, and when. Confined to one thread. */
final class RetryDecision {

  private static final long GIVE_UP = -1;

  private final FetchError error;
  private final FetchRequest request;
  private final CallContext context;
  private final RetryBudgets budgets;
  private boolean worthIt;
  private long delayMillis = GIVE_UP;

  RetryDecision(FetchError error, FetchRequest request, CallContext context, RetryBudgets budgets) {
    this.error = error;
    this.request = request;
    this.context = context;
    this.budgets = budgets;
  }

  /** Makes the decision; throws whatever the policy's own predicate throws. */
  void make() {
    worthIt = decide();
    delayMillis = worthIt ? allowedDelay() : GIVE_UP;
  }

  /** Whether the failure is worth it, repeating is safe, and there is an attempt left. */
  boolean isWorthIt() {
    return worthIt;
  }

  private boolean decide() {
    RetryPolicy policy = context.options().retry();
    if (context.attempts() >= policy.maxAttempts()) {
      return false;
    }
    boolean safe =
        request.isRepeatable()
            || policy.retriesNonIdempotent()
            || !context.attempt().mayHaveBeenProcessed();
    return safe && (lostReusedConnection() || policy.retries(error));
  }

  /** The delay, taken from the budget; negative if it is not tried again. */
  long delayMillis() {
    return delayMillis;
  }

  private long allowedDelay() {
    if (lostReusedConnection()) {
      return context.remaining().isZero() ? GIVE_UP : 0;
    }
    RetryPolicy policy = context.options().retry();
    Duration asked = askedByServer();
    if (asked.compareTo(policy.retryAfterCap()) > 0) {
      return GIVE_UP;
    }
    Duration backoff = policy.backoff().delay(context.attempts(), context.platform().random());
    Duration delay = asked.compareTo(backoff) > 0 ? asked : backoff;
    if (delay.compareTo(context.remaining()) >= 0) {
      return GIVE_UP;
    }
    return budgets.take(policy.budget(), request.host()) ? delay.toMillis() : GIVE_UP;
  }

  /** Nothing is wrong with the host then: it only closed a connection that had been idle. */
  boolean lostReusedConnection() {
    return context.attempt().lostReusedConnection();
  }

  private Duration askedByServer() {
    boolean ignored = context.options().retry().retryAfterCap().isZero();
    return !ignored && error instanceof HttpStatusError failed
        ? failed.retryAfter().orElse(Duration.ZERO)
        : Duration.ZERO;
  }
}
