package dev.fetchwell.observe;

/**
 * A call waits, because all permits are taken.
 *
 * @param call which call
 */
public record Queued(CallInfo call) {}
