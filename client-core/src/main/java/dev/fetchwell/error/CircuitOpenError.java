package dev.fetchwell.error;

import java.time.Duration;
import java.util.Objects;

/** The circuit breaker of a host is open, as too many of its last calls failed. */
public final class CircuitOpenError extends RejectedError {

  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  /**
   * Creates an error.
   *
   * @param host whose breaker it is
   * @param retryAfter until it lets a trial through
   */
  public CircuitOpenError(String host, Duration retryAfter, CallFacts facts) {
    super(
        "the circuit breaker of "
            + Objects.requireNonNull(host, "host")
            + " is open (it tries again in "
            + Objects.requireNonNull(retryAfter, "retryAfter").toMillis()
            + " ms)",
        facts,
        null);
    this.retryAfter = retryAfter;
  }

  private CircuitOpenError(CircuitOpenError other, CallFacts facts) {
    super(other, facts);
    this.retryAfter = other.retryAfter;
  }

  @Override
  CircuitOpenError copy(CallFacts others) {
    return new CircuitOpenError(this, others);
  }

  /** The time until a call may be let through; zero if trials run now. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
