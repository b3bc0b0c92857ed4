package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.StatusFacts;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.http.HeaderMap;
import dev.fetchwell.http.HttpMethod;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.http.RequestUri;
import dev.fetchwell.internal.concurrent.Timer;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.policy.Timeouts;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Requests, settings, answers and errors that the tests of the stages share. */
final class TestCalls {

  static final RequestUri URI = RequestUri.parse("https://api.example.com/users?key=hidden");

  private TestCalls() {}

  static FetchRequest request(String method, Header... headers) {
    return to("https://api.example.com/users?key=hidden", method, headers);
  }

  static FetchRequest to(String url, String method, Header... headers) {
    HttpMethod name = new HttpMethod(method);
    RequestBody body = name.needsBody() ? RequestBody.of(new byte[] {1}, "text/plain") : null;
    return new FetchRequest(name, RequestUri.parse(url), List.of(headers), body);
  }

  static CallSettings settings() {
    return settings(Timeouts.standard(), steady().build());
  }

  static CallSettings settings(RetryPolicy retry) {
    return settings(Timeouts.standard(), retry);
  }

  static CallSettings settings(Timeouts timeouts, RetryPolicy retry) {
    return new CallSettings(timeouts, retry, 1000, false, false, true, "");
  }

  static CallSettings keepingErrorBodies() {
    return new CallSettings(Timeouts.standard(), steady().build(), 1000, false, true, true, "");
  }

  static Timeouts timeouts(Duration total, Duration attempt, @Nullable Duration queue) {
    return new Timeouts(total, attempt, Duration.ofSeconds(5), Duration.ofSeconds(30), queue);
  }

  /** A second between attempts, and no budget. */
  static RetryPolicy.Builder steady() {
    return RetryPolicy.builder()
        .backoff(Backoff.fixed(Duration.ofSeconds(1)))
        .budget(RetryBudget.unlimited());
  }

  static CallContext context(
      FetchRequest request, CallSettings settings, Timer timer, CallListener... listeners) {
    CallInfo info =
        new CallInfo(
            1,
            request.method().name(),
            request.uri().redacted(),
            request.uri().hostAndPort(),
            settings.tag());
    return new CallContext(request, settings, timer, new CallEvents(info, List.of(listeners)));
  }

  static Reply reply(int status, String... namesAndValues) {
    return Reply.whole(status, headers(namesAndValues), URI, new byte[0]);
  }

  static Reply open(OpenBody body) {
    return Reply.open(200, headers(), URI, body);
  }

  static ScriptedStage.Answer replies(int status, String... namesAndValues) {
    return (request, context) -> reply(status, namesAndValues);
  }

  /** A server that answers with an error status after it saw the request. */
  static ScriptedStage.Answer fails(int status) {
    return fails(status, null);
  }

  static ScriptedStage.Answer fails(int status, @Nullable Duration retryAfter) {
    return (request, context) -> {
      context.attempt().markSent();
      StatusFacts facts =
          new StatusFacts(status, Map.of(), new byte[0], Optional.ofNullable(retryAfter));
      throw HttpStatusError.of(facts, context.facts());
    };
  }

  static ScriptedStage.Answer breaks(ConnectionError.Kind kind) {
    return (request, context) -> {
      throw new ConnectionError(kind, "", context.facts(), null);
    };
  }

  static ScriptedStage.Answer breaksAfterSending(ConnectionError.Kind kind) {
    return (request, context) -> {
      context.attempt().markSent();
      throw new ConnectionError(kind, "", context.facts(), null);
    };
  }

  static ScriptedStage.Answer losesReusedConnection() {
    return (request, context) -> {
      context.attempt().markSent();
      context.attempt().markLostReusedConnection();
      throw new ConnectionError(ConnectionError.Kind.RESET, "", context.facts(), null);
    };
  }

  static ScriptedStage.Answer timesOut(FetchTimeoutError.Phase phase) {
    return (request, context) -> {
      context.attempt().markSent();
      throw new FetchTimeoutError(phase, Duration.ofSeconds(1), context.facts(), null);
    };
  }

  /** The error that a future failed with, without its wrapper. */
  static <E extends Throwable> E error(CompletableFuture<?> future, Class<E> type) {
    if (!future.isDone()) {
      throw new AssertionError("not done (expected: " + type + ")");
    }
    try {
      Object value = future.join();
      throw new AssertionError("value " + value + " (expected: " + type + ")");
    } catch (CompletionException e) {
      return type.cast(Objects.requireNonNull(e.getCause()));
    }
  }

  private static Map<String, List<String>> headers(String... namesAndValues) {
    Map<String, List<String>> headers = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
    }
    return HeaderMap.copyOf(headers);
  }
}
