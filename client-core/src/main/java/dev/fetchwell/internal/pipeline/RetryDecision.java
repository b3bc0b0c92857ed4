package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.policy.RetryPolicy;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Whether one failure of one call is tried again, and when. Confined to one thread. */
final class RetryDecision {

  private static final long GIVE_UP = -1;

  private final FetchError error;
  private final FetchRequest request;
  private final CallContext context;
  private final RetryBudgets budgets;
  private final RandomGenerator random;

  RetryDecision(
      FetchError error,
      FetchRequest request,
      CallContext context,
      RetryBudgets budgets,
      RandomGenerator random) {
    this.error = error;
    this.request = request;
    this.context = context;
    this.budgets = budgets;
    this.random = random;
  }

  /** Whether the failure is worth it, repeating is safe, and there is an attempt left. */
  boolean isRetryable() {
    RetryPolicy policy = context.settings().retry();
    if (context.attempts() >= policy.maxAttempts()) {
      return false;
    }
    boolean safe =
        request.isRepeatable()
            || policy.retriesNonIdempotent()
            || !context.attempt().mayHaveBeenProcessed();
    return safe && (lostReusedConnection() || policy.retries(error));
  }

  /** The delay, taken from the budget; negative if time or budget do not allow for it. */
  long delayMillis() {
    if (lostReusedConnection()) {
      return context.remaining().isZero() ? GIVE_UP : 0;
    }
    RetryPolicy policy = context.settings().retry();
    Duration asked = askedByServer();
    if (asked.compareTo(policy.retryAfterCap()) > 0) {
      return GIVE_UP;
    }
    Duration backoff = policy.backoff().delay(context.attempts(), random);
    Duration delay = asked.compareTo(backoff) > 0 ? asked : backoff;
    if (delay.compareTo(context.remaining()) >= 0) {
      return GIVE_UP;
    }
    return budgets.take(policy.budget(), request.uri().hostAndPort()) ? delay.toMillis() : GIVE_UP;
  }

  /** Nothing is wrong with the host then: it only closed a connection that had been idle. */
  boolean lostReusedConnection() {
    return context.attempt().lostReusedConnection();
  }

  private Duration askedByServer() {
    boolean ignored = context.settings().retry().retryAfterCap().isZero();
    return !ignored && error instanceof HttpStatusError failed
        ? failed.retryAfter().orElse(Duration.ZERO)
        : Duration.ZERO;
  }
}
