package dev.fetchwell.policy;

/**
 * How many calls run at once, and how many may wait. Immutable.
 *
 * @param maxConcurrency calls that run at once in all
 * @param maxConcurrencyPerHost calls that run at once to one host and port
 * @param maxQueued calls that wait for a permit in all; 0: none waits
 */
public record BulkheadLimits(int maxConcurrency, int maxConcurrencyPerHost, int maxQueued) {

  private static final BulkheadLimits STANDARD = new BulkheadLimits(256, 64, 10_000);

  /**
   * Creates limits.
   *
   * @throws IllegalArgumentException if a limit is too small, or per host above the one in all
   */
  public BulkheadLimits {
    Checks.atLeast("maxConcurrency", maxConcurrency, 1);
    Checks.atLeast("maxConcurrencyPerHost", maxConcurrencyPerHost, 1);
    Checks.atLeast("maxQueued", maxQueued, 0);
    if (maxConcurrencyPerHost > maxConcurrency) {
      throw new IllegalArgumentException(
          "maxConcurrencyPerHost: "
              + maxConcurrencyPerHost
              + " (expected: <= maxConcurrency "
              + maxConcurrency
              + ")");
    }
  }

  /** 256 in all, 64 per host, 10,000 waiting. */
  public static BulkheadLimits standard() {
    return STANDARD;
  }
}
