package dev.fetchwell.policy;

import dev.fetchwell.internal.text.Checks;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When a slow attempt gets another one beside it, of which the first good answer counts. Immutable
 * and thread-safe; what was measured lives in the client.
 *
 * <p>It is for the few answers that are slow by bad luck (a pause of one server, a lost packet), so
 * that one in twenty calls sent twice takes the worst of the waiting away (Dean and Barroso, <i>The
 * Tail at Scale</i>, 2013). Where all answers are slow it does nothing but stay within its budget.
 *
 * <p>Hedged is only what may be sent twice at the same time: idempotent methods, or any with an
 * {@code Idempotency-Key}, without a body or with one of bytes. A hedge takes a permit, a token of
 * a rate limit and the like only if they are free at once, and is dropped without a word if not. It
 * is never sent beside the trial call of a circuit breaker, after the call's deadline, once a
 * buffered body is here as a whole, or once a streamed one's headers are.
 *
 * <p>An answer that the retry policy would try again, or an error, counts only if nothing else is
 * on its way. Hedges are attempts to all who watch ({@code attempts()}, listeners), but use up none
 * of {@link RetryPolicy#maxAttempts}. Those that lose are cancelled on the wire; that closes their
 * connection in HTTP/1.1.
 *
 * <pre>{@code
 * HedgePolicy.atPercentile(0.95);
 * }</pre>
 */
public final class HedgePolicy {

  private static final double STANDARD_BUDGET = 0.05;
  private static final HedgePolicy NONE = new HedgePolicy(null, 0, 0, STANDARD_BUDGET);

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

  /** Every attempt stands alone: for a request of a client that hedges. */
  public static HedgePolicy none() {
    return NONE;
  }

  /**
   * Another attempt when one was sent so long ago and has no answer; the wait for a permit does not
   * count. Choose what nineteen of twenty answers take less than.
   *
   * @param delay above zero; one that is not below the attempt timeout hedges nothing
   */
  public static HedgePolicy after(Duration delay) {
    return new HedgePolicy(Checks.positive("after", delay), 0, 1, STANDARD_BUDGET);
  }

  /**
   * Another attempt when one takes longer than most of the last thousand did, learned for each host
   * and tag; give calls of different kinds different tags. At least 1 ms. Until it is learned,
   * nothing is hedged: that takes 100 answers at 0.95, and 500 at 0.99.
   *
   * @param percentile such as 0.95; above 0 and below 1. So large a share of the calls would get a
   *     hedge as is missing to 1, so it fits a budget of at least that.
   */
  public static HedgePolicy atPercentile(double percentile) {
    if (!(percentile > 0 && percentile < 1)) {
      throw new IllegalArgumentException(
          "atPercentile: " + percentile + " (expected: > 0 and < 1, such as 0.95)");
    }
    return new HedgePolicy(null, percentile, 1, STANDARD_BUDGET);
  }

  /**
   * At most so many further attempts beside the first, each when the one before is slow, too;
   * default 1. More than 2 rarely helps.
   */
  public HedgePolicy max(int further) {
    int checked = Checks.atLeast("max", further, 1);
    return new HedgePolicy(after, percentile, isNone() ? 0 : checked, budget);
  }

  /**
   * The most hedges for each call, on average, of all that a client sends; above 0 and up to 1,
   * default 0.05. It is what hedging may add to the server's load. What was not used is kept for
   * the last hundred calls; a new client has one. At 1 nothing is counted.
   */
  public HedgePolicy budget(double share) {
    return new HedgePolicy(after, percentile, max, Checks.share("budget", share));
  }

  /** Whether nothing is hedged. */
  public boolean isNone() {
    return max == 0;
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
    if (isNone()) {
      return "HedgePolicy[none]";
    }
    String when = after == null ? "at percentile " + percentile : "after " + after;
    return "HedgePolicy[" + when + ", at most " + max + ", of " + budget + " of the calls]";
  }
}
