package dev.fetchwell.policy;

import dev.fetchwell.internal.text.Checks;

/**
 * Lets the number of calls that run at once to a host follow how the host does, between a floor and
 * a ceiling. Immutable and thread-safe; what was measured lives in the client, for each host, and
 * is forgotten with a host that nobody has called for long.
 *
 * <p>The limit begins at 16, or next to it. While the host answers as fast as it does unloaded, the
 * limit grows; where answers become slower, or an attempt ends with 429, 503, 504, a timeout, a
 * refused connection or one that breaks before the answer, it shrinks. Only attempts that were sent
 * while at least half of the limit was in use change it: a client that does little is not bounded
 * by it, and learns nothing about it. Other errors, such as a 404, and cancelled calls say nothing.
 *
 * <p>What is above the limit waits, as calls do above {@code maxConcurrencyPerHost}: in the same
 * queue, in the same order, within {@code maxQueued} and the queue timeout. Who has a permit keeps
 * it when the limit falls. An open stream counts against the limit until its headers are here, then
 * only against {@code maxConcurrencyPerHost}.
 *
 * <p>Not for a host whose answers wait on purpose, such as for a long poll: call that with a client
 * of its own.
 *
 * <pre>{@code
 * AdaptiveLimit.between(4, 128);
 * }</pre>
 *
 * @param floor the least calls at once; at least 1, which is the standard. More where some calls
 *     take far longer than others, so that few of those leave room for the rest
 * @param ceiling the most calls at once, not above {@code maxConcurrencyPerHost}; 0, which is the
 *     standard: as that
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

  /**
   * From a floor to a ceiling; {@code build()} fails where that is above {@code
   * maxConcurrencyPerHost}.
   *
   * @throws IllegalArgumentException if one is below 1, or the ceiling below the floor
   */
  public static AdaptiveLimit between(int floor, int ceiling) {
    return new AdaptiveLimit(floor, Checks.atLeast("ceiling", ceiling, 1));
  }

  /** Such as {@code AdaptiveLimit[1 to maxConcurrencyPerHost]}. */
  @Override
  public String toString() {
    String most = ceiling == 0 ? "maxConcurrencyPerHost" : String.valueOf(ceiling);
    return "AdaptiveLimit[" + floor + " to " + most + "]";
  }
}
