package dev.fetchwell.policy;

import dev.fetchwell.internal.text.Checks;
import java.time.Duration;

/**
 * How many attempts are sent in a time, spread evenly over it. Immutable and thread-safe; the
 * counter lives in the client.
 *
 * <p>Who comes too early waits in order, without a permit; who would wait beyond its deadline fails
 * at once with a {@code RateLimitExceededError}.
 *
 * <pre>{@code
 * RateLimit.perSecond(50).burst(10);
 * }</pre>
 *
 * @param attempts how many in {@code period}
 * @param period the time for them
 * @param burst how many may go at once after a quiet time
 */
public record RateLimit(double attempts, Duration period, int burst) {

  /**
   * Creates a limit.
   *
   * @throws IllegalArgumentException if a number is not above zero, or not finite
   */
  public RateLimit {
    if (!(attempts > 0 && attempts <= 1e9)) {
      throw new IllegalArgumentException("rateLimit: " + attempts + " (expected: > 0 and <= 1e9)");
    }
    Checks.positive("period", period);
    Checks.atLeast("burst", burst, 1);
  }

  /** So many attempts a second, one at a time; may be below 1. */
  public static RateLimit perSecond(double attempts) {
    return new RateLimit(attempts, Duration.ofSeconds(1), 1);
  }

  /** So many attempts in a time, one at a time. */
  public static RateLimit per(int attempts, Duration period) {
    return new RateLimit(attempts, period, 1);
  }

  /** The same rate, of which so many attempts may go at once after a quiet time; default 1. */
  public RateLimit burst(int most) {
    return new RateLimit(attempts, period, most);
  }
}
