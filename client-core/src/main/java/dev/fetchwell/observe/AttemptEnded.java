package dev.fetchwell.observe;

import dev.fetchwell.error.FetchError;
import org.jspecify.annotations.Nullable;

/**
 * An attempt ended. One that was given up together with its call has status 0 and no error.
 *
 * @param call which call
 * @param attempt its number, from 1
 * @param status the status that came, or 0 if none did
 * @param error why it failed, or null
 * @param phases how long its parts took; of one that was given up {@link Phases#NONE}
 * @param exchanged what went over the wire; null if it got no permit, or was given up
 */
public record AttemptEnded(
    CallInfo call,
    int attempt,
    int status,
    @Nullable FetchError error,
    Phases phases,
    @Nullable Exchanged exchanged) {

  /** Creates an event of which no more is known, such as for the test of a listener. */
  public AttemptEnded(CallInfo call, int attempt, int status, @Nullable FetchError error) {
    this(call, attempt, status, error, Phases.NONE, null);
  }
}
