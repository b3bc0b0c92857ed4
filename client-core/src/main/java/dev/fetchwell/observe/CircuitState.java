package dev.fetchwell.observe;

/**
 * The state of a host's circuit breaker, by what becomes of attempts: one that was disabled by hand
 * through resilience4j's registry, or only collects metrics, is {@link #CLOSED}, and one that was
 * forced open is {@link #OPEN}.
 */
public enum CircuitState {
  /** All attempts go through. */
  CLOSED,
  /** None does; also once the time for trials has come, until an attempt asks. */
  OPEN,
  /** A few go through, to see how the host does. */
  HALF_OPEN
}
