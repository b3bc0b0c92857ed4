package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Ending a call from outside, wherever it is; {@link ClientsAndServers} sees to it that nothing is
 * left.
 */
class CancelAndCloseWireTest {

  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  @ParameterizedTest
  @EnumSource
  void cancelReachesTheCallAtAnyPoint(Situation.Point point) {
    Situation situation = Situation.at(point, wire);
    AsyncHttpClient client = situation.client();
    int inFlight = point == Situation.Point.QUEUED ? 1 : 0;
    long start = System.nanoTime();
    assertThat(situation.call().cancel(true)).isTrue();
    failure(situation.call(), CancellationException.class);
    Eventually.holds(
        () -> client.stats().inFlight() == inFlight && client.stats().queued() == 0,
        () -> "the permit back: " + client.stats(),
        ClientsAndServers.SETTLES);
    assertThat(System.nanoTime() - start).isLessThan(AT_ONCE.toNanos());
    assertThat(client.stats().failures()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void callGoesOnWellAfterAnotherWasCancelled(Situation.Point point) {
    Situation situation = Situation.at(point, wire);
    situation.call().cancel(true);
    wire.letGo();
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    if (point != Situation.Point.RESOLVING) {
      assertThat(value(situation.client().getString(server.url("/")))).isEqualTo("ok");
    }
  }

  @ParameterizedTest
  @EnumSource
  void closeEndsTheCallAtAnyPoint(Situation.Point point) {
    Situation situation = Situation.at(point, wire);
    long start = System.nanoTime();
    situation.client().close();
    assertEndedByClosing(situation);
    value(situation.client().shutdown(Duration.ZERO).thenApply(none -> "drained"));
    assertThat(System.nanoTime() - start).isLessThan(AT_ONCE.toNanos());
    situation.client().close();
  }

  @ParameterizedTest
  @EnumSource
  void shutdownEndsTheCallAtAnyPointAfterTheGrace(Situation.Point point) {
    Situation situation = Situation.at(point, wire);
    Duration grace = Duration.ofMillis(300);
    long start = System.nanoTime();
    CompletableFuture<String> drained =
        situation.client().shutdown(grace).thenApply(none -> "drained");
    failure(situation.client().getString("http://127.0.0.1:1/"), ClientClosedError.class);
    assertEndedByClosing(situation);
    value(drained);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(grace, grace.plus(AT_ONCE));
  }

  private static void assertEndedByClosing(Situation situation) {
    if (situation.mayHaveBeenProcessed()) {
      failure(situation.call(), CancellationException.class);
    } else {
      assertThat(failure(situation.call(), ClientClosedError.class).mayHaveBeenProcessed())
          .isFalse();
    }
    failure(situation.client().getString("http://127.0.0.1:1/"), ClientClosedError.class);
  }

  @Test
  void cancelReachesAHandshakeThatIsJustAboutToBegin() {
    ScriptedServer server = wire.serverOnConnect(Scripts.stall());
    AsyncHttpClient client = wire.client();
    String url = "https://127.0.0.1:" + server.port() + "/";
    for (int i = 1; i <= 50; i++) {
      CompletableFuture<String> call = client.getString(url);
      server.awaitConnections(i);
      assertThat(call.cancel(true)).isTrue();
    }
    server.awaitNoOpenConnections(AT_ONCE);
  }

  @Test
  void shutdownWaitsForCallsThatEndWithinTheGrace() {
    ScriptedServer server =
        wire.server(Scripts.delayed(Duration.ofMillis(200), Scripts.respond(200, "ok")));
    AsyncHttpClient client = wire.client(builder -> builder.maxConcurrency(1));
    CompletableFuture<String> running = client.getString(server.url("/1"));
    CompletableFuture<String> queued = client.getString(server.url("/2"));
    CompletableFuture<String> drained =
        client.shutdown(Duration.ofSeconds(15)).thenApply(none -> "drained");
    assertThat(value(running)).isEqualTo("ok");
    assertThat(value(queued)).isEqualTo("ok");
    assertThat(value(drained)).isEqualTo("drained");
  }

  @Test
  void sharedClientCannotBeClosed() {
    ScriptedServer server = wire.server(Scripts.closeAfter(1, Scripts.respond(200, "ok")));
    AsyncHttpClient shared = AsyncHttpClient.shared();
    shared.close();
    value(shared.shutdown(Duration.ZERO).thenApply(none -> "nothing"));
    assertThat(value(shared.getString(server.url("/")))).isEqualTo("ok");
    server.awaitNoOpenConnections(AT_ONCE);
  }

  @Test
  void closingOneClientLeavesAnotherOfTheSamePoolAlone() {
    ScriptedServer server =
        wire.server(Scripts.delayed(Duration.ofMillis(200), Scripts.respond(200, "ok")));
    AsyncHttpClient one = wire.client();
    AsyncHttpClient other = wire.client();
    CompletableFuture<String> call = other.getString(server.url("/"));
    server.awaitRequests(1);
    one.close();
    assertThat(value(call)).isEqualTo("ok");
    assertThat(value(other.getString(server.url("/")))).isEqualTo("ok");
    assertThat(server.acceptedConnections()).isEqualTo(1);
  }
}
