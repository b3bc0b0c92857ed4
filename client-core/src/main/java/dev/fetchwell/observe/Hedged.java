package dev.fetchwell.observe;

import java.time.Duration;

/**
 * Another attempt begins beside one that is slow. Its own {@link AttemptStarted} comes right after.
 *
 * @param call which call
 * @param attempt the number of the new attempt
 * @param after the time since the one before began
 */
public record Hedged(CallInfo call, int attempt, Duration after) {}
