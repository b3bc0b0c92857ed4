package dev.fetchwell.policy;

import dev.fetchwell.internal.text.Checks;
import java.time.Duration;
import java.util.Objects;

/**
 * What a {@link RequestFilter} is told of the attempt that it prepares.
 *
 * @param number of the attempt, from 1; a redirect goes on with the number that led there
 * @param remaining the time until the call's deadline
 * @param tag the name for metrics that the request was given, or an empty string
 * @param call the {@code CallInfo.id} of its call; 0 if the client has no listener
 */
public record AttemptInfo(int number, Duration remaining, String tag, long call) {

  /** Creates facts, such as for the test of a filter. */
  public AttemptInfo {
    Checks.atLeast("number", number, 1);
    Objects.requireNonNull(remaining, "remaining");
    Objects.requireNonNull(tag, "tag");
  }

  /** Creates facts of a call that nobody listens to. */
  public AttemptInfo(int number, Duration remaining, String tag) {
    this(number, remaining, tag, 0);
  }
}
