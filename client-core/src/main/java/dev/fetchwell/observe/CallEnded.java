package dev.fetchwell.observe;

import dev.fetchwell.error.FetchError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A call ended; a streamed one at its headers. The caller's future completes right after.
 *
 * @param call which call
 * @param status the last status that came in the last attempt, or 0 if none did
 * @param attempts how many attempts were started, those that only waited for a permit not included
 * @param bytesIn bytes of the last response's body as they came, before decompression; of a
 *     streamed one those so far
 * @param bytesOut bytes of the last request's body
 * @param protocol the last response's protocol, such as {@code h2} or {@code http/1.1}; empty if no
 *     connection was made
 * @param queueTime how long it waited for permits, rate limits and cool-downs, in all attempts
 *     together
 * @param elapsed the time from the call's start
 * @param error why it failed, or null if it succeeded
 */
public record CallEnded(
    CallInfo call,
    int status,
    int attempts,
    long bytesIn,
    long bytesOut,
    String protocol,
    Duration queueTime,
    Duration elapsed,
    @Nullable FetchError error) {}
