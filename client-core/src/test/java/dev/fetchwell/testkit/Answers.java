package dev.fetchwell.testkit;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.testkit.ScriptedStage.Answer;
import java.time.Duration;

/** What a {@link ScriptedStage} answers. */
public final class Answers {

  private Answers() {}

  /** A reply without a body. */
  public static Answer replies(int status, String... namesAndValues) {
    return (request, context) -> TestCalls.reply(status, namesAndValues);
  }

  /** A server that answers with an error status after it saw the request. */
  public static Answer fails(int status, String... namesAndValues) {
    return (request, context) -> {
      context.attempt().markSent();
      return TestCalls.reply(status, namesAndValues);
    };
  }

  /** The same, asking for a wait of whole seconds. */
  public static Answer fails(int status, Duration retryAfter) {
    return fails(status, "Retry-After", Long.toString(retryAfter.toSeconds()));
  }

  /** The connection fails before anything was sent. */
  public static Answer breaks(ConnectionError.Kind kind) {
    return (request, context) -> {
      throw new ConnectionError(kind, "", context.facts(), null);
    };
  }

  /** The connection fails after the request was sent. */
  public static Answer breaksAfterSending(ConnectionError.Kind kind) {
    return (request, context) -> {
      context.attempt().markSent();
      throw new ConnectionError(kind, "", context.facts(), null);
    };
  }

  /** A peer that says it did not process the request. */
  public static Answer refuses() {
    return (request, context) -> {
      context.attempt().markSent();
      context.attempt().markRefused();
      throw new ConnectionError(ConnectionError.Kind.RESET, "", context.facts(), null);
    };
  }

  /** A connection from the pool was closed by the server, which shows only after sending. */
  public static Answer losesReusedConnection() {
    return (request, context) -> {
      context.attempt().markSent();
      context.attempt().markLostReusedConnection();
      throw new ConnectionError(ConnectionError.Kind.RESET, "", context.facts(), null);
    };
  }

  /** A time limit is over after the request was sent. */
  public static Answer timesOut(FetchTimeoutError.Phase phase) {
    return (request, context) -> {
      context.attempt().markSent();
      throw new FetchTimeoutError(phase, Duration.ofSeconds(1), context.facts(), null);
    };
  }
}
