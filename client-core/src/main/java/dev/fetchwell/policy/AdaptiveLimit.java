package dev.fetchwell.policy;

import dev.fetchwell.internal.text.Checks;

/**
 * Lets the number of calls that run at once to a host follow how the host does, between a floor and
 * a ceiling. Immutable and thread-safe; what was measured lives in the client, for each host.
 *
 * <pre>{@code
 * AdaptiveLimit.between(4, 128);
 * }</pre>
 *
 * @param floor the least
 * @param ceiling the most; 0: {@code maxConcurrencyPerHost}
 */
public record AdaptiveLimit(int floor, int ceiling) {

  private static final AdaptiveLimit STANDARD = new AdaptiveLimit(1, 0);

  /**
   * Creates a limit.
   *
   * @throws IllegalArgumentException if the floor is below 1, or the ceiling below the floor
   */
  public AdaptiveLimit {
    Checks.atLeast("floor", floor, 1);
    if (ceiling != 0 && ceiling < floor) {
      throw new IllegalArgumentException(
          "ceiling: " + ceiling + " (expected: >= floor " + floor + ")");
    }
  }

  /** From 1 to {@code maxConcurrencyPerHost}. */
  public static AdaptiveLimit standard() {
    return STANDARD;
  }

  /** From a floor to a ceiling, which must not be above {@code maxConcurrencyPerHost}. */
  public static AdaptiveLimit between(int floor, int ceiling) {
    return new AdaptiveLimit(floor, Checks.atLeast("ceiling", ceiling, 1));
  }
}
