package dev.fetchwell.policy;

import dev.fetchwell.internal.text.Checks;

/**
 * How many retries a host gets, as a token bucket. It is full at first; a retry takes one token;
 * calls that succeed, and time, give some back. When it is empty, a failed call fails at once, so
 * that a host in trouble does not get several times its load.
 *
 * <p>The tokens per success follow the retry throttling of <a
 * href="https://github.com/grpc/proposal/blob/master/A6-client-retries.md">gRPC's A6</a>; the
 * refill with time lets a quiet host recover. Immutable; the counters live in the client, one for
 * each host.
 *
 * @param perSuccess tokens back for each call that succeeds
 * @param perSecond tokens back for each second
 * @param capacity the most tokens, and how many there are at first
 */
public record RetryBudget(double perSuccess, double perSecond, int capacity) {

  private static final RetryBudget STANDARD = new RetryBudget(0.2, 3, 100);
  private static final RetryBudget UNLIMITED = new RetryBudget(0, 0, Integer.MAX_VALUE);

  /**
   * Creates a budget.
   *
   * @throws IllegalArgumentException if a number is negative, not finite, or the capacity below 1
   */
  public RetryBudget {
    finite("perSuccess", perSuccess);
    finite("perSecond", perSecond);
    Checks.atLeast("capacity", capacity, 1);
  }

  /** A budget of these numbers. */
  public static RetryBudget of(double perSuccess, double perSecond, int capacity) {
    return new RetryBudget(perSuccess, perSecond, capacity);
  }

  /** 0.2 per success, 3 per second, at most 100. */
  public static RetryBudget standard() {
    return STANDARD;
  }

  /** No limit: every retry that the policy allows. */
  public static RetryBudget unlimited() {
    return UNLIMITED;
  }

  /** Whether retries are not counted at all. */
  public boolean isUnlimited() {
    return capacity == Integer.MAX_VALUE;
  }

  private static void finite(String knob, double value) {
    if (!(value >= 0 && value <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(knob + ": " + value + " (expected: >= 0 and finite)");
    }
  }
}
