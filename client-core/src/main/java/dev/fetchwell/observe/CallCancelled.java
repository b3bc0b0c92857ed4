package dev.fetchwell.observe;

import java.time.Duration;

/**
 * A call was cancelled by its caller, or ended by its closing client. Comes instead of {@link
 * CallEnded}.
 *
 * @param call which call
 * @param elapsed the time from the call's start
 */
public record CallCancelled(CallInfo call, Duration elapsed) {}
