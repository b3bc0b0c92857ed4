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
 * ones failed, the breaker opens: calls fail at once with a {@code CircuitOpenError}. After a while
 * it is half-open and lets a few trial attempts through, which decide whether it closes or opens
 * again (Nygard, <i>Release It!</i>, "Circuit Breaker").
 *
 * <pre>{@code
 * CircuitBreakerPolicy.builder().failureRate(0.3).openFor(Duration.ofSeconds(10)).build();
 * }</pre>
 */
public final class CircuitBreakerPolicy {

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
    minimumCalls = builder.minimumCalls;
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
    private int minimumCalls = 20;
    private Duration openFor = Duration.ofSeconds(30);
    private int trialCalls = 5;
    private @Nullable Duration slowAfter;
    private double slowRate = 1;
    private @Nullable Predicate<FetchError> condition;

    private Builder() {}

    /** The share of failures at which it opens, above 0 and up to 1; default 0.5. */
    public Builder failureRate(double share) {
      failureRate = Checks.share("failureRate", share);
      return this;
    }

    /** How many of the last attempts count; at least 1, default 100. */
    public Builder slidingWindow(int attempts) {
      slidingWindow = Checks.atLeast("slidingWindow", attempts, 1);
      return this;
    }

    /**
     * How many attempts must have ended before the share is looked at; at least 1 and at most
     * {@link #slidingWindow}, default 20.
     */
    public Builder minimumCalls(int attempts) {
      minimumCalls = Checks.atLeast("minimumCalls", attempts, 1);
      return this;
    }

    /** How long it stays open before it lets trial attempts through; default 30 s. */
    public Builder openFor(Duration time) {
      openFor = Checks.positive("openFor", time);
      return this;
    }

    /** How many attempts go through while it is half-open; at least 1, default 5. */
    public Builder trialCalls(int attempts) {
      trialCalls = Checks.atLeast("trialCalls", attempts, 1);
      return this;
    }

    /**
     * Counts slow attempts too; by default none is.
     *
     * @param after from when on an attempt is slow
     * @param rate the share of slow ones at which it opens, above 0 and up to 1
     */
    public Builder slowCalls(Duration after, double rate) {
      slowAfter = Checks.positive("slowCalls", after);
      slowRate = Checks.share("slowCalls", rate);
      return this;
    }

    /**
     * Which errors count as failures of the host, in place of the default: statuses from 500 on,
     * 408, 425, 429, errors of the connection, and time that ran out. It runs on a thread of the
     * client's and must not block; if it throws, that is logged, and the attempt counts as failed.
     */
    public Builder countAsFailure(Predicate<FetchError> counted) {
      condition = Objects.requireNonNull(counted, "countAsFailure");
      return this;
    }

    /**
     * The policy.
     *
     * @throws IllegalArgumentException if {@code minimumCalls} is above {@code slidingWindow}
     */
    public CircuitBreakerPolicy build() {
      if (minimumCalls > slidingWindow) {
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
