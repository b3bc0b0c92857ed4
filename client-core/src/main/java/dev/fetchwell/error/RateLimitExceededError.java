package dev.fetchwell.error;

import java.time.Duration;
import java.util.Objects;

/**
 * The client's own rate limit, or a host that asked to be left alone for a while, would keep the
 * call waiting beyond its deadline, or all places to wait are taken. The call was never sent.
 */
public final class RateLimitExceededError extends RejectedError {

  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  /**
   * Creates an error.
   *
   * @param limit which limit was met, and what to do about it
   * @param retryAfter the time that the call would have had to wait
   */
  public RateLimitExceededError(String limit, Duration retryAfter, CallFacts facts) {
    super(Objects.requireNonNull(limit, "limit"), facts, null);
    this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
  }

  private RateLimitExceededError(RateLimitExceededError other, CallFacts facts) {
    super(other, facts);
    this.retryAfter = other.retryAfter;
  }

  @Override
  RateLimitExceededError copy(CallFacts others) {
    return new RateLimitExceededError(this, others);
  }

  /**
   * Creates an error of no call, for a {@code RateLimiter} of your own, which knows of none; the
   * client fills in which call it was.
   *
   * @param limit which limit was met, and what to do about it
   * @param retryAfter the time that the call would have had to wait
   */
  public RateLimitExceededError(String limit, Duration retryAfter) {
    this(limit, retryAfter, new CallFacts("", "", 0, Duration.ZERO, false));
  }

  /** The time that the call would have had to wait; zero if that is not known. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
