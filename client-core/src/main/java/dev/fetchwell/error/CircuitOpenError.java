package dev.fetchwell.error;

import java.time.Duration;
import java.util.Objects;

/**
 * The circuit breaker of a host refused the attempt: too many of the last ones failed, and it is
 * not the time to try again, or others are trying at the moment. The attempt was never sent.
 */
public final class CircuitOpenError extends RejectedError {

  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  /**
   * Creates an error.
   *
   * @param problem whose breaker it is, and what it does
   * @param retryAfter until it lets a trial through
   */
  public CircuitOpenError(String problem, Duration retryAfter, CallFacts facts) {
    super(Objects.requireNonNull(problem, "problem"), facts, null);
    this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
  }

  private CircuitOpenError(CircuitOpenError other, CallFacts facts) {
    super(other, facts);
    this.retryAfter = other.retryAfter;
  }

  @Override
  CircuitOpenError copy(CallFacts others) {
    return new CircuitOpenError(this, others);
  }

  /**
   * The time until an attempt may be let through, by the policy; zero if trials run now. How long a
   * breaker stays open that was opened by hand is not known.
   */
  public Duration retryAfter() {
    return retryAfter;
  }
}
