package dev.fetchwell.policy;

import dev.fetchwell.internal.text.Checks;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * How many attempts are sent in a time, spread evenly over it. Immutable and thread-safe; the
 * counter lives in the client, and a client made by {@code toBuilder()} has one of its own.
 *
 * <p>Who comes too early waits in order, without a permit and without a thread; who would wait
 * beyond its deadline, or its {@code queueTimeout}, fails at once with a {@code
 * RateLimitExceededError}. Every attempt counts: calls, retries, hedges, and each hop of a redirect
 * at its own host.
 *
 * <pre>{@code
 * AsyncHttpClient.builder().rateLimitPerHost(RateLimit.perSecond(50).burst(10)).build();
 * }</pre>
 *
 * @param attempts how many in {@code period}; above zero, may be a fraction
 * @param period the time for them
 * @param burst how many may go at once after a quiet time, at least 1. Leave it at 1 for a server
 *     that counts strictly; raise it where traffic comes in bursts and the server allows for some.
 *     In no time do more go than {@code burst} and what the rate gives for that time, and what ten
 *     milliseconds give, by which timers may be late
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

  /** So many attempts in a time, one at a time, such as 5,000 an hour: one every 720 ms. */
  public static RateLimit per(int attempts, Duration period) {
    return new RateLimit(attempts, period, 1);
  }

  /** The same rate, of which so many attempts may go at once after a quiet time; default 1. */
  public RateLimit burst(int most) {
    return new RateLimit(attempts, period, most);
  }

  /** Such as {@code 50 per PT1S, burst 10}. */
  @Override
  public String toString() {
    String number = BigDecimal.valueOf(attempts).stripTrailingZeros().toPlainString();
    return number + " per " + period + ", burst " + burst;
  }
}
