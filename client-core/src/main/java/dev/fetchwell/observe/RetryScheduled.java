package dev.fetchwell.observe;

import dev.fetchwell.error.FetchError;
import java.time.Duration;

/**
 * Another attempt will begin after a delay.
 *
 * @param call which call
 * @param nextAttempt the number of that attempt
 * @param delay from now
 * @param error why the attempt before failed
 */
public record RetryScheduled(CallInfo call, int nextAttempt, Duration delay, FetchError error) {}
