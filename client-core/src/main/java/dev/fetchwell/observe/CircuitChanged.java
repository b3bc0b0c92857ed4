package dev.fetchwell.observe;

/**
 * The circuit breaker of a host went from one state to another, because of this call; or it was
 * changed by hand, and this call is the first to notice. It may come after the call's end, where
 * what counted is that the call's time was over.
 *
 * @param call which call
 * @param host the host, with the port where it is not the scheme's own
 * @param from the state before
 * @param to the state now
 */
public record CircuitChanged(CallInfo call, String host, CircuitState from, CircuitState to) {}
