package dev.fetchwell.policy;

import dev.fetchwell.internal.text.Checks;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When a slow attempt gets a second one beside it, of which the first good answer counts. Immutable
 * and thread-safe; what was measured lives in the client.
 *
 * <p>Only idempotent calls are hedged, only within a budget, and only if a permit is free at once
 * (Dean and Barroso, <i>The Tail at Scale</i>, 2013). The loser is cancelled on the wire.
 *
 * <pre>{@code
 * HedgePolicy.atPercentile(0.95);
 * }</pre>
 */
public final class HedgePolicy {

  private static final double STANDARD_BUDGET = 0.05;

  private final @Nullable Duration after;
  private final double percentile;
  private final int max;
  private final double budget;

  private HedgePolicy(@Nullable Duration after, double percentile, int max, double budget) {
    this.after = after;
    this.percentile = percentile;
    this.max = max;
    this.budget = budget;
  }

  /** Another attempt after a fixed time without an answer. */
  public static HedgePolicy after(Duration delay) {
    return new HedgePolicy(Checks.positive("after", delay), 0, 1, STANDARD_BUDGET);
  }

  /**
   * Another attempt when one takes longer than most did, learned for each host and tag.
   *
   * @param percentile such as 0.95; above 0 and below 1
   */
  public static HedgePolicy atPercentile(double percentile) {
    if (!(percentile > 0 && percentile < 1)) {
      throw new IllegalArgumentException(
          "atPercentile: " + percentile + " (expected: > 0 and < 1, such as 0.95)");
    }
    return new HedgePolicy(null, percentile, 1, STANDARD_BUDGET);
  }

  /** At most so many further attempts beside the first; default 1. */
  public HedgePolicy max(int further) {
    return new HedgePolicy(after, percentile, Checks.atLeast("max", further, 1), budget);
  }

  /** The share of calls that get one, above 0 and up to 1; default 0.05. */
  public HedgePolicy budget(double share) {
    return new HedgePolicy(after, percentile, max, Checks.share("budget", share));
  }

  /** The fixed time; null if it is learned. */
  public @Nullable Duration fixedDelay() {
    return after;
  }

  /** The percentile of what was measured; meaningless if the time is fixed. */
  public double percentile() {
    return percentile;
  }

  /** The most further attempts. */
  public int most() {
    return max;
  }

  /** The share of calls that get one. */
  public double share() {
    return budget;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HedgePolicy that
        && Objects.equals(after, that.after)
        && percentile == that.percentile
        && max == that.max
        && budget == that.budget;
  }

  @Override
  public int hashCode() {
    return Objects.hash(after, percentile, max, budget);
  }

  @Override
  public String toString() {
    String when = after == null ? "at percentile " + percentile : "after " + after;
    return "HedgePolicy[" + when + ", at most " + max + ", of " + budget + " of the calls]";
  }
}
