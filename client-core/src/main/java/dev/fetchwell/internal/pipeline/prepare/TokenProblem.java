package dev.fetchwell.internal.pipeline.prepare;

import dev.fetchwell.error.FetchError;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** Why there is no token, once for all calls that waited for it. */
final class TokenProblem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private TokenProblem(String problem, Throwable cause) {
    super(problem, cause, false, false);
  }

  /** What another's text says of a token may be the token: only what this library says is shown. */
  static TokenProblem ofSource(Throwable thrown) {
    if (thrown instanceof TokenProblem known) {
      return known;
    }
    String what = thrown instanceof FetchError ? thrown.getMessage() : thrown.getClass().getName();
    return new TokenProblem("its TokenSource failed with " + what + " (see its cause)", thrown);
  }

  static TokenProblem ofTime(Duration limit) {
    String problem = "its TokenSource gave none in " + limit.toSeconds() + " s";
    return new TokenProblem(problem, new TimeoutException(problem));
  }

  static TokenProblem ofToken(IllegalArgumentException illegal) {
    return new TokenProblem(
        "its TokenSource gave one that cannot be sent: " + illegal.getMessage(), illegal);
  }
}
