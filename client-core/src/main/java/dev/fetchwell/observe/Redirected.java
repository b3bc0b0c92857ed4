package dev.fetchwell.observe;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The server sent the call elsewhere, where the same attempt goes on.
 *
 * @param call which call
 * @param attempt the number of the attempt
 * @param status the status, such as 302
 * @param target where it goes on; may hold secrets in its query
 * @param phases how long the parts of this hop took
 * @param exchanged what went over the wire on this hop; null if that is not known
 */
public record Redirected(
    CallInfo call,
    int attempt,
    int status,
    URI target,
    Phases phases,
    @Nullable Exchanged exchanged) {}
