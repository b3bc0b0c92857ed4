package dev.fetchwell.observe;

/** The state of a host's circuit breaker. */
public enum CircuitState {
  /** All attempts go through. */
  CLOSED,
  /** None does. */
  OPEN,
  /** A few go through, to see how the host does. */
  HALF_OPEN
}
