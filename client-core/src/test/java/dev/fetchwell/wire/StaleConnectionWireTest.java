package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Outcome;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.ConnectionError.Kind;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testserver.ReceivedRequest;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections of the pool that the server closed, or closes just now. */
class StaleConnectionWireTest {

  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Script OK = Scripts.respond(200, "ok");

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private static List<ReceivedRequest> sent(ScriptedServer server, String path) {
    return server.requests().stream().filter(each -> each.path().equals(path)).toList();
  }

  @Test
  void getAfterTheServerClosedTheIdleConnectionArrivesOnce() {
    ScriptedServer server = wire.server(Scripts.closeAfter(1, OK));
    AsyncHttpClient client = wire.client();
    for (int i = 0; i < 20; i++) {
      server.awaitNoOpenConnections(SOON);
      String path = "/" + i;
      assertThat(value(client.getString(server.url(path)))).isEqualTo("ok");
      assertThat(sent(server, path)).hasSize(1);
    }
  }

  @Test
  void postAfterTheServerClosedTheIdleConnectionIsNeverSentTwice() {
    ScriptedServer server = wire.server(Scripts.closeAfter(1, OK));
    AsyncHttpClient client = wire.client();
    for (int i = 0; i < 20; i++) {
      server.awaitNoOpenConnections(SOON);
      String path = "/" + i;
      Outcome<FetchResponse> outcome = outcome(client.post(server.url(path)).asResponse());
      if (outcome instanceof Outcome.Failure<FetchResponse> failed) {
        // Nobody can know that it never arrived.
        assertThat(failed.error().mayHaveBeenProcessed()).isTrue();
      }
      assertThat(sent(server, path)).hasSize(outcome.isSuccess() ? 1 : 0);
    }
  }

  private static <T> Outcome<T> outcome(CompletableFuture<T> call) {
    return value(
        call.handle(
            (response, thrown) ->
                thrown instanceof FetchError error
                    ? new Outcome.Failure<>(error)
                    : new Outcome.Success<>(response)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void noGetFailsWhenEveryConnectionHasFewAnswers(int answers) {
    for (Script script : List.of(Scripts.closeAfter(answers, OK), Scripts.dropAfter(answers, OK))) {
      ScriptedServer server = wire.server(script);
      AsyncHttpClient client = wire.client();
      Stream<CompletableFuture<String>> calls =
          IntStream.range(0, 300).mapToObj(i -> client.getString(server.url("/" + i)));
      assertThat(calls.toList()).allSatisfy(call -> assertThat(value(call)).isEqualTo("ok"));
      for (int i = 0; i < 100; i++) {
        assertThat(value(client.getString(server.url("/one-by-one")))).isEqualTo("ok");
      }
    }
  }

  @Test
  void getThatLostAReusedConnectionGoesAgainAtOnceAndCostsNoBudget() {
    ScriptedServer server = wire.server(Scripts.dropAfter(1, OK));
    RetryPolicy policy = RetryPolicy.builder().budget(RetryBudget.of(0, 0, 1)).build();
    AsyncHttpClient client = wire.client(builder -> builder.retry(policy));
    for (int i = 0; i < 20; i++) {
      assertThat(value(client.getString(server.url("/warm-up")))).isEqualTo("ok");
      FetchResponse response = value(client.get(server.url("/" + i)).asResponse());
      assertThat(response.attempts()).isEqualTo(sent(server, "/" + i).size());
    }
    assertThat(client.stats().retries()).isPositive();
  }

  @Test
  void postThatLostAReusedConnectionArrivesOnceAndSaysSo() {
    ScriptedServer server = wire.server(Scripts.dropAfter(1, OK));
    AsyncHttpClient client = wire.client();
    assertThat(value(client.getString(server.url("/warm-up")))).isEqualTo("ok");
    ConnectionError error =
        failure(client.post(server.url("/order")).json("a").asString(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.RESET);
    assertThat(error.mayHaveBeenProcessed()).isTrue();
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(sent(server, "/order")).hasSize(1);
  }

  @Test
  void postWithAKeyGoesAgainWithTheSameKey() {
    ScriptedServer server = wire.server(Scripts.dropAfter(1, OK));
    AsyncHttpClient client = wire.client();
    assertThat(value(client.getString(server.url("/warm-up")))).isEqualTo("ok");
    FetchResponse response =
        value(client.post(server.url("/order")).json("a").idempotencyKey().asResponse());
    assertThat(response.text()).isEqualTo("ok");
    assertThat(response.attempts()).isEqualTo(2);
    List<ReceivedRequest> sent = sent(server, "/order");
    assertThat(sent).extracting(ReceivedRequest::text).containsExactly("\"a\"", "\"a\"");
    assertThat(sent.get(0).header("Idempotency-Key"))
        .isNotBlank()
        .isEqualTo(sent.get(1).header("Idempotency-Key"));
    assertThat(sent.get(1).requestNumberOnConnection()).isEqualTo(1);
  }

  @Test
  void freshConnectionIsUsedAlsoWhenManyInThePoolAreStale() {
    ScriptedServer server =
        wire.server(Scripts.dropAfter(1, Scripts.delayed(Duration.ofMillis(50), OK)));
    AsyncHttpClient client = wire.client();
    List<CompletableFuture<String>> warmUp =
        IntStream.range(0, 10).mapToObj(i -> client.getString(server.url("/warm-up"))).toList();
    warmUp.forEach(Awaited::value);
    FetchResponse response = value(client.get(server.url("/get")).asResponse());
    assertThat(response.attempts()).isEqualTo(2);
    assertThat(sent(server, "/get")).hasSize(2);
  }

  @Test
  void noRetryMeansNoRetryAlsoOnAStaleConnection() {
    ScriptedServer server = wire.server(Scripts.dropAfter(1, OK));
    AsyncHttpClient client = wire.client();
    assertThat(value(client.getString(server.url("/warm-up")))).isEqualTo("ok");
    failure(client.get(server.url("/get")).noRetry().asString(), ConnectionError.class);
    assertThat(sent(server, "/get")).hasSize(1);
  }
}
