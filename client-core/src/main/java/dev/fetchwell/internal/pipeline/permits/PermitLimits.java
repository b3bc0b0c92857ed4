package dev.fetchwell.internal.pipeline.permits;

import dev.fetchwell.internal.text.Checks;
import org.jspecify.annotations.Nullable;

/**
 * How many calls run at once, and how many may wait. Immutable.
 *
 * @param maxConcurrency calls that run at once in all
 * @param maxConcurrencyPerHost calls that run at once to one host and port
 * @param maxQueued calls that wait for a permit in all; 0: none waits
 * @param maxQueuedPerHost calls that wait for a permit of one host
 */
public record PermitLimits(
    int maxConcurrency, int maxConcurrencyPerHost, int maxQueued, int maxQueuedPerHost) {

  private static final PermitLimits STANDARD = new PermitLimits(256, 64, 10_000, 5_000);

  /**
   * Creates limits.
   *
   * @throws IllegalArgumentException if a limit is too small, or one per host above the one in all
   */
  public PermitLimits {
    Checks.atLeast("maxConcurrency", maxConcurrency, 1);
    Checks.atLeast("maxConcurrencyPerHost", maxConcurrencyPerHost, 1);
    Checks.atLeast("maxQueued", maxQueued, 0);
    Checks.atLeast("maxQueuedPerHost", maxQueuedPerHost, 0);
    atMost("maxConcurrencyPerHost", maxConcurrencyPerHost, "maxConcurrency", maxConcurrency);
    atMost("maxQueuedPerHost", maxQueuedPerHost, "maxQueued", maxQueued);
  }

  /** 256 in all, 64 per host; 10,000 waiting in all, 5,000 per host. */
  public static PermitLimits standard() {
    return STANDARD;
  }

  /**
   * Limits over others: a lower one in all takes an inherited one per host down with it; those per
   * host that wait are half of those in all unless they are set.
   *
   * @throws IllegalArgumentException if what is set does not fit together
   */
  public PermitLimits with(
      @Nullable Integer concurrency,
      @Nullable Integer concurrencyPerHost,
      @Nullable Integer queued,
      @Nullable Integer queuedPerHost) {
    int all = concurrency == null ? maxConcurrency : concurrency;
    int waiting = queued == null ? maxQueued : queued;
    int waitingPerHost = queued == null ? maxQueuedPerHost : (waiting + 1) / 2;
    return new PermitLimits(
        all,
        concurrencyPerHost == null ? Math.min(maxConcurrencyPerHost, all) : concurrencyPerHost,
        waiting,
        queuedPerHost == null ? waitingPerHost : queuedPerHost);
  }

  private static void atMost(String knob, int value, String other, int limit) {
    if (value > limit) {
      throw new IllegalArgumentException(
          knob + ": " + value + " (expected: <= " + other + " " + limit + ")");
    }
  }
}
