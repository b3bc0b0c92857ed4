package dev.fetchwell.observe;

import dev.fetchwell.error.FetchError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An {@code EventStream} connects again after a delay.
 *
 * @param call the call of the connection that was lost, which has ended before
 * @param delay from now
 * @param cause why that call failed, or its body broke off; null if the server ended it
 * @param hasLastEventId whether the next request has a {@code Last-Event-ID}, so that the server
 *     can go on where it was
 */
public record StreamReconnecting(
    CallInfo call, Duration delay, @Nullable FetchError cause, boolean hasLastEventId) {}
