package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static dev.fetchwell.wire.SingleFlightRig.calls;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.observe.ClientStats;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Identical calls over one real socket; {@link ClientsAndServers} sees that nothing is left. */
class SingleFlightWireTest {

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private final SingleFlightRig rig = new SingleFlightRig(wire);

  @Test
  void hundredIdenticalCallsAreOneRequestAtTheServer() {
    ScriptedServer server = rig.serving(Scripts.json("{\"name\":\"ann\"}"));
    AsyncHttpClient client = rig.sharing();
    List<CompletableFuture<Map<?, ?>>> calls = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      calls.add(client.getJson(server.url("/users/7"), Map.class).thenApply(map -> map));
    }
    server.awaitRequests(1);
    assertThat(client.stats().resilience().flights()).isEqualTo(1);
    rig.mayAnswer.countDown();

    calls.forEach(call -> assertThat(value(call)).isEqualTo(Map.of("name", "ann")));

    assertThat(server.requests()).hasSize(1);
    ClientStats stats = client.stats();
    assertThat(stats.calls()).isEqualTo(100);
    assertThat(stats.attempts()).isEqualTo(1);
    assertThat(stats.resilience().joined()).isEqualTo(99);
    assertThat(stats.resilience().flights()).isZero();
    assertThat(value(calls.get(0))).isNotSameAs(value(calls.get(1)));
  }

  @Test
  void requestMayShareWhereItsClientDoesNotAndStandAloneWhereItDoes() {
    ScriptedServer server = rig.serving(Scripts.respond(200, "ok"));
    AsyncHttpClient plain = wire.client();
    AsyncHttpClient sharing = rig.sharing();

    CompletableFuture<String> one = plain.get(server.url("/")).singleFlight(true).asString();
    CompletableFuture<String> two = plain.get(server.url("/")).singleFlight(true).asString();
    CompletableFuture<String> alone = sharing.getString(server.url("/"));
    CompletableFuture<String> too = sharing.get(server.url("/")).singleFlight(false).asString();

    server.awaitRequests(3);
    rig.mayAnswer.countDown();
    Stream.of(one, two, alone, too).forEach(call -> assertThat(value(call)).isEqualTo("ok"));
    assertThat(server.requests()).hasSize(3);
  }

  @Test
  void requestsThatDifferInASecretAreSentEach() {
    ScriptedServer server =
        wire.server(
            exchange -> {
              rig.awaitLeave();
              exchange.respond(200, "for " + exchange.request().header("Authorization"));
            });
    AsyncHttpClient client = rig.sharing();
    CompletableFuture<String> ann = client.get(server.url("/")).bearer("ann").asString();
    CompletableFuture<String> bob = client.get(server.url("/")).bearer("bob").asString();
    CompletableFuture<String> annAgain = client.get(server.url("/")).bearer("ann").asString();
    server.awaitRequests(2);
    rig.mayAnswer.countDown();

    assertThat(value(ann)).isEqualTo("for Bearer ann").isEqualTo(value(annAgain));
    assertThat(value(bob)).isEqualTo("for Bearer bob");
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void whoIsLeftGetsTheAnswerWhenAllOthersCancel() {
    ScriptedServer server = rig.serving(Scripts.respond(200, "ok"));
    AsyncHttpClient client = rig.sharing();
    List<CompletableFuture<String>> calls = calls(client.get(server.url("/")), 100);
    server.awaitRequests(1);

    calls.subList(0, 99).forEach(call -> call.cancel(true));
    calls.subList(0, 99).forEach(call -> failure(call, CancellationException.class));
    assertThat(client.stats().inFlight()).isEqualTo(1);
    rig.mayAnswer.countDown();

    assertThat(value(calls.get(99))).isEqualTo("ok");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void whenTheLastCallerCancelsTheSocketIsClosed() {
    ScriptedServer server = wire.server(Scripts.stall());
    AsyncHttpClient client = rig.sharing();
    List<CompletableFuture<String>> calls = calls(client.get(server.url("/")), 20);
    server.awaitRequests(1);

    calls.forEach(call -> call.cancel(true));

    server.awaitNoOpenConnections(ClientsAndServers.SETTLES);
    assertThat(client.stats().resilience().flights()).isZero();
    assertThat(client.stats().inFlight()).isZero();
  }

  @Test
  void cancellingTheLastDependentOfEachCancelsTheFlight() {
    ScriptedServer server = wire.server(Scripts.stall());
    AsyncHttpClient client = rig.sharing();
    List<CompletableFuture<Integer>> lengths =
        calls(client.get(server.url("/")), 3).stream()
            .map(call -> call.thenApply(String::length))
            .toList();
    server.awaitRequests(1);

    lengths.forEach(length -> length.cancel(true));

    server.awaitNoOpenConnections(ClientsAndServers.SETTLES);
  }

  @Test
  void eachCallerHasItsOwnDeadline() {
    ScriptedServer server = rig.serving(Scripts.respond(200, "ok"));
    AsyncHttpClient client = rig.sharing();
    CompletableFuture<String> hasty =
        client.get(server.url("/")).timeout(Duration.ofMillis(100)).asString();
    CompletableFuture<String> patient = client.getString(server.url("/"));
    server.awaitRequests(1);

    FetchTimeoutError error = failure(hasty, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.TOTAL);
    assertThat(error).hasMessageContaining("100 ms");
    rig.mayAnswer.countDown();

    assertThat(value(patient)).isEqualTo("ok");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void streamsStandAlone() {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    AsyncHttpClient client = rig.sharing();
    for (int i = 0; i < 2; i++) {
      value(client.get(server.url("/")).asStream()).close();
    }
    var one = client.get(server.url("/")).asStream();
    var other = client.get(server.url("/")).asStream();

    value(one).close();
    value(other).close();

    assertThat(server.requests()).hasSize(4);
    assertThat(client.stats().resilience().joined()).isZero();
  }

  @Test
  void postsAreSentEach() {
    ScriptedServer server = rig.serving(Scripts.respond(200, "ok"));
    AsyncHttpClient client = rig.sharing();
    RequestSpec post = client.post(server.url("/")).body("x", "text/plain");
    List<CompletableFuture<String>> calls = calls(post, 3);
    server.awaitRequests(3);
    rig.mayAnswer.countDown();
    calls.forEach(call -> assertThat(value(call)).isEqualTo("ok"));
  }

  @Test
  void closingEndsAllWhoShareAndNothingIsLeft() {
    ScriptedServer server = wire.server(Scripts.stall());
    AsyncHttpClient client = rig.sharing();
    List<CompletableFuture<String>> calls = calls(client.get(server.url("/")), 10);
    server.awaitRequests(1);

    client.close();

    calls.forEach(call -> failure(call, CancellationException.class));
    server.awaitNoOpenConnections(ClientsAndServers.SETTLES);
    value(client.shutdown(Duration.ZERO).thenApply(none -> "drained"));
  }
}
