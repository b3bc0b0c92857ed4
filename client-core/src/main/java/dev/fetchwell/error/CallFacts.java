package dev.fetchwell.error;

import java.time.Duration;
import java.util.Objects;

/**
 * What every error knows about its call.
 *
 * @param method the request's method
 * @param url the address without query values and user info
 * @param attempts how many attempts had been started, 0 for a call that never was
 * @param elapsed the time since the call began
 * @param mayHaveBeenProcessed whether the server may have seen one of the attempts
 */
public record CallFacts(
    String method, String url, int attempts, Duration elapsed, boolean mayHaveBeenProcessed) {

  /** Creates facts, such as for an error in a test. */
  public CallFacts {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(elapsed, "elapsed");
  }

  /** The same facts of a request that certainly was not processed. */
  public CallFacts notProcessed() {
    return new CallFacts(method, url, attempts, elapsed, false);
  }
}
