package dev.fetchwell.observe;

/**
 * A call begins.
 *
 * @param call which call
 */
public record CallStarted(CallInfo call) {}
