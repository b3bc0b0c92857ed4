package dev.fetchwell;

import static dev.fetchwell.FakeServer.answers;
import static dev.fetchwell.testkit.Ended.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.observe.ClientStats;
import dev.fetchwell.testkit.ManualExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole calls through all stages, without a network and without waiting. */
class ClientOnVirtualTimeTest {

  private static final String URL = "https://api.example.com/users?key=hidden";

  private final FakeServer server = new FakeServer();
  private final AsyncHttpClient client =
      server.client().retry(FakeServer.everySecond()).maxConcurrency(2).build();

  @Test
  void jsonIsDecodedAndNothingIsLeft() {
    server.then(answers(200, "{\"name\":\"Ada\"}"));
    var call = client.getJson(URL);
    assertThat(call).isNotDone();

    server.threads.runAll();

    assertThat(call.join().get("name").asString()).isEqualTo("Ada");
    server.assertIdle(client);
  }

  @Test
  void failureIsRetriedAndCounted() {
    server.then(answers(503, "")).then(answers(200, "ok"));
    CompletableFuture<FetchResponse> call = client.get(URL).asResponse();
    server.run(Duration.ofSeconds(1));

    assertThat(call.join().attempts()).isEqualTo(2);
    assertThat(call.join().elapsed()).isEqualTo(Duration.ofSeconds(1));
    ClientStats stats = client.stats();
    assertThat(stats.calls()).isEqualTo(1);
    assertThat(stats.attempts()).isEqualTo(2);
    assertThat(stats.retries()).isEqualTo(1);
    assertThat(stats.failures()).isZero();
    server.assertIdle(client);
  }

  @Test
  void redirectIsNoAttemptOfItsOwn() {
    server.then(answers(302, "", "Location", "/next")).then(answers(200, "ok"));
    CompletableFuture<FetchResponse> call = client.get(URL).asResponse();
    server.run(Duration.ZERO);

    assertThat(call.join().attempts()).isEqualTo(1);
    assertThat(call.join().url()).hasToString("https://api.example.com/next");
    assertThat(client.stats().attempts()).isEqualTo(1);
  }

  @Test
  void lastErrorComesWithItsFacts() {
    server.then(answers(500, "a")).then(answers(502, "b")).then(answers(503, "c"));
    CompletableFuture<String> call = client.getString(URL);
    server.run(Duration.ofSeconds(2));

    ServerStatusError error = failure(call, ServerStatusError.class);
    assertThat(error.status()).isEqualTo(503);
    assertThat(error.bodyText()).isEqualTo("c");
    assertThat(error.attempts()).isEqualTo(3);
    assertThat(error.getSuppressed()).hasSize(2);
    assertThat(error)
        .hasMessage(
            "GET https://api.example.com/users?key=***: status 503 (after 2000 ms, attempt 3)");
    assertThat(client.stats().failures()).isEqualTo(1);
    server.assertIdle(client);
  }

  @Test
  void noStatusIsAnErrorOfAResponse() {
    server.then(answers(404, "none"));
    CompletableFuture<FetchResponse> call = client.get(URL).asResponse();
    server.run(Duration.ZERO);

    assertThat(call.join().status()).isEqualTo(404);
    assertThat(call.join().text()).isEqualTo("none");
  }

  @Test
  void outcomeIsAValueAlsoWhenTheCallFails() {
    server.then(answers(404, "")).then(answers(200, "\"hi\""));
    CompletableFuture<Outcome<String>> failed = client.get(URL).asOutcome(String.class);
    server.run(Duration.ZERO);
    CompletableFuture<Outcome<String>> good = client.get(URL).asOutcome(String.class);
    server.run(Duration.ZERO);

    assertThat(failed.join().isSuccess()).isFalse();
    assertThat(failed.join().map(String::length).isSuccess()).isFalse();
    assertThatThrownBy(() -> failed.join().orElseThrow()).isInstanceOf(FetchError.class);
    assertThat(good.join().map(String::length).orElseThrow()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "null", "{} x"})
  void bodyThatIsNoJsonIsADecodeErrorAndNotRetried(String body) {
    server.then(answers(200, body));
    CompletableFuture<Map<String, Object>> call = client.getJson(URL, new TypeRef<>() {});
    server.run(Duration.ofSeconds(5));

    assertThat(failure(call, DecodeError.class).attempts()).isEqualTo(1);
    assertThat(server.requests()).hasSize(1);
    server.assertIdle(client);
  }

  @Test
  void deadlineEndsACallThatIsStillQueued() {
    CompletableFuture<String> call = client.get(URL).timeout(Duration.ofSeconds(3)).asString();

    server.timer.advance(Duration.ofSeconds(3));

    assertThat(failure(call, FetchTimeoutError.class).phase())
        .isEqualTo(FetchTimeoutError.Phase.TOTAL);
    server.threads.runAll();
    assertThat(server.requests()).isEmpty();
    server.assertIdle(client);
  }

  @Test
  void cancelWhileWaitingForARetryLeavesNothingBehind() {
    server.then(answers(503, ""));
    CompletableFuture<String> call = client.getString(URL);
    server.threads.runAll();

    call.cancel(true);

    server.assertIdle(client);
    server.run(Duration.ofSeconds(10));
    assertThat(server.requests()).hasSize(1);
    assertThat(client.stats().failures()).isZero();
  }

  @Test
  void dependentsRunAfterEverythingIsGivenBack() {
    List<Integer> inFlight = new ArrayList<>();
    var unused = client.getString(URL).thenRun(() -> inFlight.add(client.stats().inFlight()));

    server.threads.runAll();

    assertThat(inFlight).containsExactly(0);
  }

  @Test
  void dependentsRunOnTheExecutorOfTheCaller() {
    ManualExecutor dependents = new ManualExecutor();
    AsyncHttpClient other = server.client().executor(dependents).build();
    CompletableFuture<String> call = other.getString(URL);

    server.threads.runAll();
    assertThat(call).isNotDone();
    dependents.runAll();
    assertThat(call).isCompleted();

    CompletableFuture<String> second = other.getString(URL);
    dependents.reject(true);
    server.threads.runAll();
    assertThat(second).isCompleted();
  }

  @Test
  void threadsThatRejectFailTheCall() {
    server.threads.reject(true);

    CompletableFuture<String> call = client.getString(URL);

    assertThat(failure(call, UnexpectedError.class).mayHaveBeenProcessed()).isFalse();
    server.assertIdle(client);
  }

  @Test
  void contradictionsFailInBuild() {
    assertThatThrownBy(
            () ->
                AsyncHttpClient.builder()
                    .timeout(Duration.ofSeconds(1))
                    .attemptTimeout(Duration.ofSeconds(2))
                    .build())
        .hasMessage("attemptTimeout: PT2S (expected: <= timeout PT1S)");
    assertThatThrownBy(
            () -> AsyncHttpClient.builder().maxConcurrency(1).maxConcurrencyPerHost(2).build())
        .hasMessage("maxConcurrencyPerHost: 2 (expected: <= maxConcurrency 1)");
    assertThatThrownBy(() -> AsyncHttpClient.builder().maxResponseBytes(-1))
        .hasMessage("maxResponseBytes: -1 (expected: >= 0)");
    assertThatThrownBy(() -> AsyncHttpClient.builder().baseUrl("https://h/?a=b"))
        .hasMessageContaining("(expected: no query, no fragment)");
  }
}
