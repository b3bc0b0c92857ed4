package dev.fetchwell.internal.pipeline.retry;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.policy.RetryPolicy;
import java.time.Duration;

/** Whether one failure of one call is tried again, and when. Confined to one thread. */
final class RetryDecision {

  private static final long GIVE_UP = -1;
  private static final int GATEWAY_TIMEOUT = 504;

  private final FetchError error;
  private final FetchRequest request;
  private final CallContext context;
  private final RetryBudgets budgets;
  private boolean repeated;
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
    repeated = isRepeatFree();
    worthIt = repeated || decide();
    if (repeated) {
      delayMillis = 0;
    } else {
      delayMillis = worthIt ? allowedDelay() : GIVE_UP;
    }
  }

  /**
   * Whether it goes again at once and is no retry: neither the policy is asked nor the budget, and
   * no attempt of the policy's is used up.
   */
  boolean isRepeated() {
    return repeated;
  }

  /**
   * The host is as well as before: it closed a connection that had been idle, or said that it did
   * not process the request (such as one above its limit of HTTP/2 streams).
   */
  private boolean isRepeatFree() {
    Attempt attempt = context.attempt();
    boolean lost = attempt.lostReusedConnection() && isSafe();
    return (lost || attempt.wasRefused()) && context.mayRepeat();
  }

  /** Whether the failure is worth it, repeating is safe, and there is an attempt left. */
  boolean isWorthIt() {
    return worthIt;
  }

  private boolean decide() {
    RetryPolicy policy = context.options().retry();
    return context.countedAttempts() < policy.maxAttempts()
        && isSafe()
        && !isHopeless()
        && policy.retries(error);
  }

  /** A cache that has nothing, where only a cache was asked, will not have it in a second. */
  private boolean isHopeless() {
    boolean onlyCached =
        error instanceof HttpStatusError failed
            && failed.status() == GATEWAY_TIMEOUT
            && request.header("Cache-Control").orElse("").contains("only-if-cached");
    Attempt attempt = context.attempt();
    return onlyCached || attempt.isHopeless() || attempt.isTrial();
  }

  private boolean isSafe() {
    return request.isRepeatable()
        || context.options().retry().retriesNonIdempotent()
        || !context.attempt().mayHaveBeenProcessed();
  }

  /** The delay, taken from the budget; negative if it is not tried again. */
  long delayMillis() {
    return delayMillis;
  }

  private long allowedDelay() {
    RetryPolicy policy = context.options().retry();
    Duration asked = askedByServer();
    if (asked.compareTo(policy.retryAfterCap()) > 0) {
      return GIVE_UP;
    }
    Duration backoff =
        policy.backoff().delay(context.countedAttempts(), context.platform().random());
    Duration delay = asked.compareTo(backoff) > 0 ? asked : backoff;
    if (delay.compareTo(context.remaining()) >= 0) {
      return GIVE_UP;
    }
    return budgets.take(policy.budget(), request.host()) ? delay.toMillis() : GIVE_UP;
  }

  /**
   * Whether the next attempt must not take a connection from the pool. What was refused more than
   * once gets a connection that no other call has: calls share a new one before the server has said
   * how many streams it allows.
   */
  boolean needsFreshConnection() {
    Attempt attempt = context.attempt();
    return attempt.lostReusedConnection() || (attempt.wasRefused() && context.repeats() > 1);
  }

  private Duration askedByServer() {
    boolean ignored = context.options().retry().retryAfterCap().isZero();
    return !ignored && error instanceof HttpStatusError failed
        ? failed.retryAfter().orElse(Duration.ZERO)
        : Duration.ZERO;
  }
}
