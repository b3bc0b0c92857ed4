package dev.fetchwell.policy;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.internal.text.Checks;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * When calls to a host are refused because it fails, and when it is tried again. Immutable and
 * thread-safe; the state lives in the client, one for each host.
 *
 * <p>What is counted are attempts, not calls. Closed, all go through. When too many of the last
 * ones failed, the breaker opens: calls fail at once with a {@code CircuitOpenError}, which the
 * standard retry policy does not repeat. After a while it is half-open and lets a few trial
 * attempts through, which decide whether it closes or opens again (Nygard, <i>Release It!</i>,
 * "Circuit Breaker"); a trial is not retried. There is no timer for that: an attempt that comes
 * after the time is the first trial.
 *
 * <p>An attempt counts by what happened on the wire: by its status (a streamed one at its headers),
 * by its error, or as failed if it is cut off because the call's time is over. What was never sent,
 * was cancelled, or was answered by a cache counts for nothing.
 *
 * <pre>{@code
 * CircuitBreakerPolicy.builder().failureRate(0.3).openFor(Duration.ofSeconds(10)).build();
 * }</pre>
 */
public final class CircuitBreakerPolicy {

  /** resilience4j makes a place for each attempt that counts, for each host. */
  private static final int MOST_ATTEMPTS = 100_000;

  private static final int MINIMUM_CALLS = 20;
  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_EARLY = 425;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final CircuitBreakerPolicy STANDARD = builder().build();

  private final double failureRate;
  private final int slidingWindow;
  private final int minimumCalls;
  private final Duration openFor;
  private final int trialCalls;
  private final @Nullable Duration slowAfter;
  private final double slowRate;
  private final @Nullable Predicate<FetchError> condition;

  private CircuitBreakerPolicy(Builder builder) {
    failureRate = builder.failureRate;
    slidingWindow = builder.slidingWindow;
    minimumCalls = builder.minimumCalls();
    openFor = builder.openFor;
    trialCalls = builder.trialCalls;
    slowAfter = builder.slowAfter;
    slowRate = builder.slowRate;
    condition = builder.condition;
  }

  /** Half of the last 100 attempts, but at least 20; open for 30 s; then 5 trial attempts. */
  public static CircuitBreakerPolicy standard() {
    return STANDARD;
  }

  /** A builder with the values of {@link #standard()}. */
  public static Builder builder() {
    return new Builder();
  }

  /** The share of failures at which it opens, above 0 and up to 1. */
  public double failureRate() {
    return failureRate;
  }

  /** How many of the last attempts count. */
  public int slidingWindow() {
    return slidingWindow;
  }

  /** How many attempts must have ended before the share is looked at. */
  public int minimumCalls() {
    return minimumCalls;
  }

  /** How long it stays open. */
  public Duration openFor() {
    return openFor;
  }

  /** How many attempts go through while it is half-open. */
  public int trialCalls() {
    return trialCalls;
  }

  /** From when on an attempt is slow; null: none is. */
  public @Nullable Duration slowAfter() {
    return slowAfter;
  }

  /** The share of slow attempts at which it opens. */
  public double slowRate() {
    return slowRate;
  }

  /** Whether this error of an attempt counts as a failure of the host. */
  public boolean isFailure(FetchError error) {
    Objects.requireNonNull(error, "error");
    return condition != null ? condition.test(error) : isHosts(error);
  }

  private static boolean isHosts(FetchError error) {
    if (error instanceof HttpStatusError failed) {
      int status = failed.status();
      return status >= 500
          || status == REQUEST_TIMEOUT
          || status == TOO_EARLY
          || status == TOO_MANY_REQUESTS;
    }
    return error instanceof ConnectionError
        || (error instanceof FetchTimeoutError timeout
            && timeout.phase() != FetchTimeoutError.Phase.QUEUE);
  }

  @Override
  public boolean equals(Object other) {
    if (this == other) {
      return true;
    }
    return other instanceof CircuitBreakerPolicy that
        && Double.compare(failureRate, that.failureRate) == 0
        && slidingWindow == that.slidingWindow
        && minimumCalls == that.minimumCalls
        && openFor.equals(that.openFor)
        && trialCalls == that.trialCalls
        && Objects.equals(slowAfter, that.slowAfter)
        && Double.compare(slowRate, that.slowRate) == 0
        && Objects.equals(condition, that.condition);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        failureRate,
        slidingWindow,
        minimumCalls,
        openFor,
        trialCalls,
        slowAfter,
        slowRate,
        condition);
  }

  @Override
  public String toString() {
    String slow = slowAfter == null ? "" : ", or " + slowRate + " slower than " + slowAfter;
    return "CircuitBreakerPolicy["
        + failureRate
        + " of "
        + slidingWindow
        + " failed"
        + (condition == null ? "" : " by a condition")
        + slow
        + ", at least "
        + minimumCalls
        + ", open for "
        + openFor
        + ", "
        + trialCalls
        + " trials]";
  }

  /** Collects the knobs of a {@link CircuitBreakerPolicy}; confined to one thread. */
  public static final class Builder {

    private double failureRate = 0.5;
    private int slidingWindow = 100;
    private @Nullable Integer minimumCalls;
    private Duration openFor = Duration.ofSeconds(30);
    private int trialCalls = 5;
    private @Nullable Duration slowAfter;
    private double slowRate = 1;
    private @Nullable Predicate<FetchError> condition;

    private Builder() {}

    /**
     * The share of failures at which it opens, above 0 and up to 1; default 0.5. Retries hide a
     * share well below that from callers; lower it where a failure costs more than a refusal.
     */
    public Builder failureRate(double share) {
      failureRate = Checks.share("failureRate", share);
      return this;
    }

    /**
     * How many of the last attempts count; 1 to 100,000, default 100. It takes about 40 bytes each
     * for each host; longer, it opens later and is misled less by chance.
     */
    public Builder slidingWindow(int attempts) {
      slidingWindow = upToMost("slidingWindow", attempts);
      return this;
    }

    /**
     * How many attempts must have ended before the share is looked at; at least 1 and at most
     * {@link #slidingWindow}, default 20 or a shorter window. Too few, and a bad moment of a host
     * that is seldom called opens it.
     */
    public Builder minimumCalls(int attempts) {
      minimumCalls = Checks.atLeast("minimumCalls", attempts, 1);
      return this;
    }

    /**
     * How long it stays open before it lets trial attempts through; above zero, in steps of a
     * millisecond, default 30 s. About as long as the host takes to come back.
     */
    public Builder openFor(Duration time) {
      openFor = Checks.positive("openFor", time);
      return this;
    }

    /**
     * How many attempts go through while it is half-open, before they decide by the same shares (or
     * the first {@link #minimumCalls} of them, if that is fewer); 1 to 100,000, default 5. They may
     * run at the same time; others are refused meanwhile.
     */
    public Builder trialCalls(int attempts) {
      trialCalls = upToMost("trialCalls", attempts);
      return this;
    }

    /**
     * Counts slow attempts too; by default none is. The time is that on the wire, decoding
     * included, without waiting for permits; of a streamed call, up to its headers.
     *
     * @param after from when on an attempt is slow; below the attempt timeout, or none ever is
     *     without having failed
     * @param rate the share of slow ones at which it opens, above 0 and up to 1
     */
    public Builder slowCalls(Duration after, double rate) {
      slowAfter = Checks.positive("slowCalls", after);
      slowRate = Checks.share("slowCalls", rate);
      return this;
    }

    /**
     * Which errors count as failures of the host, in place of the default: statuses from 500 on,
     * 408, 425, 429, errors of the connection, and time that ran out. It is asked only about
     * attempts that were on the wire, on a thread of the client's, and must not block; if it
     * throws, that is logged, and the attempt counts as failed.
     */
    public Builder countAsFailure(Predicate<FetchError> counted) {
      condition = Objects.requireNonNull(counted, "countAsFailure");
      return this;
    }

    private int minimumCalls() {
      return minimumCalls == null ? Math.min(MINIMUM_CALLS, slidingWindow) : minimumCalls;
    }

    private static int upToMost(String knob, int value) {
      if (value < 1 || value > MOST_ATTEMPTS) {
        throw new IllegalArgumentException(
            knob + ": " + value + " (expected: 1 to " + MOST_ATTEMPTS + ")");
      }
      return value;
    }

    /**
     * The policy.
     *
     * @throws IllegalArgumentException if {@code minimumCalls} is above {@code slidingWindow}
     */
    public CircuitBreakerPolicy build() {
      if (minimumCalls() > slidingWindow) {
        throw new IllegalArgumentException(
            "minimumCalls: "
                + minimumCalls
                + " (expected: <= slidingWindow "
                + slidingWindow
                + ")");
      }
      return new CircuitBreakerPolicy(this);
    }
  }
}
