package dev.fetchwell.observe;

/**
 * The call shares the answer of an identical one that runs already, and sends nothing itself.
 *
 * @param call which call
 */
public record FlightJoined(CallInfo call) {}
