package dev.fetchwell.policy;

import dev.fetchwell.internal.text.Checks;
import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt. Immutable and thread-safe.
 *
 * <p>Jitter spreads the retries of many clients; full jitter spreads them best (<a
 * href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">Brooker,
 * 2015</a>). The cap is applied before the jitter, so late attempts stay spread too.
 *
 * <pre>{@code
 * Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(10)).withFullJitter();
 * }</pre>
 */
public final class Backoff {

  private enum Jitter {
    NONE,
    EQUAL,
    FULL
  }

  private final Duration base;
  private final Duration cap;
  private final Jitter jitter;

  private Backoff(Duration base, Duration cap, Jitter jitter) {
    this.base = base;
    this.cap = cap;
    this.jitter = jitter;
  }

  /** The same delay before every retry, without jitter. Zero is allowed: at once. */
  public static Backoff fixed(Duration delay) {
    Checks.notNegative("delay", delay);
    return new Backoff(delay, delay, Jitter.NONE);
  }

  /**
   * A delay that doubles with each retry, with full jitter unless told otherwise.
   *
   * @param base the delay before the first retry
   * @param cap the longest delay
   * @throws IllegalArgumentException if the base is not above zero, or the cap is below the base
   */
  public static Backoff exponential(Duration base, Duration cap) {
    Checks.positive("base", base);
    Checks.positive("cap", cap);
    if (cap.compareTo(base) < 0) {
      throw new IllegalArgumentException("cap: " + cap + " (expected: >= base " + base + ")");
    }
    return new Backoff(base, cap, Jitter.FULL);
  }

  /** A random delay from zero to the computed one. */
  public Backoff withFullJitter() {
    return new Backoff(base, cap, Jitter.FULL);
  }

  /** Half of the computed delay, and a random part of the other half. */
  public Backoff withEqualJitter() {
    return new Backoff(base, cap, Jitter.EQUAL);
  }

  /** The computed delay as it is. */
  public Backoff withoutJitter() {
    return new Backoff(base, cap, Jitter.NONE);
  }

  /**
   * The delay after a failed attempt; a pure function of its arguments.
   *
   * @param attempt the number of the attempt that failed, from 1
   * @param random where jitter comes from
   * @throws IllegalArgumentException if the attempt is below 1
   */
  public Duration delay(int attempt, RandomGenerator random) {
    Objects.requireNonNull(random, "random");
    Checks.atLeast("attempt", attempt, 1);
    long full = uncapped(attempt) > cap.toNanos() ? cap.toNanos() : uncapped(attempt);
    return switch (jitter) {
      case NONE -> Duration.ofNanos(full);
      case EQUAL -> Duration.ofNanos(full - full / 2 + upTo(full / 2, random));
      case FULL -> Duration.ofNanos(upTo(full, random));
    };
  }

  private long uncapped(int attempt) {
    if (base.equals(cap)) {
      return base.toNanos();
    }
    int doublings = Math.min(attempt - 1, 62);
    long nanos = base.toNanos();
    return nanos > Long.MAX_VALUE >> doublings ? Long.MAX_VALUE : nanos << doublings;
  }

  private static long upTo(long nanos, RandomGenerator random) {
    return nanos == 0 ? 0 : random.nextLong(nanos + 1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Backoff that
        && base.equals(that.base)
        && cap.equals(that.cap)
        && jitter == that.jitter;
  }

  @Override
  public int hashCode() {
    return base.hashCode() * 31 * 31 + cap.hashCode() * 31 + jitter.hashCode();
  }

  @Override
  public String toString() {
    String shape = base.equals(cap) ? "fixed " + base : "exponential " + base + " up to " + cap;
    return switch (jitter) {
      case NONE -> shape;
      case EQUAL -> shape + " with equal jitter";
      case FULL -> shape + " with full jitter";
    };
  }
}
