package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.RecordedSignals;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EventStreamEndTest {

  private static final String TYPE = "Content-Type: text/event-stream\r\n";
  private static final Script END = Scripts.respond(204, "");

  private final AsyncHttpClient client = AsyncHttpClient.create();
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    client.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "text/event-streams", "application/json", ""})
  void otherMediaTypeFailsTheFeed(String type) throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(
            PiecewiseAnswers.open(type.isEmpty() ? "" : "Content-Type: " + type + "\r\n"))) {
      assertThat(Awaited.error(listen(server)))
          .isInstanceOf(DecodeError.class)
          .hasMessageContaining(
              (type.isEmpty() ? "with no" : "with another")
                  + " Content-Type (expected: text/event-stream)");
      assertThat(server.requests()).hasSize(1);
      server.awaitNoOpenConnections(Awaited.LIMIT);
    }
  }

  @Test
  void finalStatusFailsTheFeed() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(404, "gone"))) {
      assertThat(Awaited.error(listen(server))).isInstanceOf(HttpStatusError.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void otherGoodStatusFailsTheFeed() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(
            Scripts.respond(202, Map.of("Content-Type", "text/event-stream"), ""))) {
      assertThat(Awaited.error(listen(server))).hasMessageContaining("status 202");
    }
  }

  @Test
  void failuresInARowAreCounted() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(
            Script.inOrder(
                Faults.reset(),
                PiecewiseAnswers.broken(TYPE, "data: a\n\n"),
                Faults.reset(),
                Faults.reset()))) {
      assertThat(Awaited.error(feed(server).maxFailures(2).forEach(event -> {})))
          .isInstanceOf(ConnectionError.class);
      assertThat(server.requests()).hasSize(4);
    }
  }

  @Test
  void overlongEventFailsTheFeedAndClosesTheConnection() throws Exception {
    for (String text : List.of("data: " + "x".repeat(100), "data: xxxxxxxxx\n".repeat(10))) {
      try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open(TYPE, text))) {
        assertThat(Awaited.error(feed(server).maxLength(50).forEach(event -> {})))
            .isInstanceOf(BodyTooLargeError.class);
        server.awaitNoOpenConnections(Awaited.LIMIT);
        assertThat(server.requests()).hasSize(1);
      }
    }
  }

  @Test
  void cancelReachesEveryPointOfAFeed() throws Exception {
    Map<String, Script> points =
        Map.of(
            "connecting", Scripts.stall(),
            "reading", PiecewiseAnswers.open(TYPE, "data: a\n\n"),
            "waiting", PiecewiseAnswers.chunked(TYPE, "retry: 600000\n"));
    for (Map.Entry<String, Script> point : points.entrySet()) {
      try (ScriptedServer server = ScriptedServer.start(point.getValue())) {
        CompletableFuture<Long> listening = listen(server);
        RecordedSignals<ServerSentEvent> probe =
            RecordedSignals.on(feed(server).publisher(), Long.MAX_VALUE);
        server.awaitRequests(2);
        if (point.getKey().equals("waiting")) {
          Eventually.holds(() -> client.stats().inFlight() == 0, "no call in flight");
        }
        listening.cancel(false);
        probe.cancel();

        if (!point.getKey().equals("waiting")) { // Then the connection is back in the pool.
          server.awaitNoOpenConnections(Awaited.LIMIT);
        }
        Eventually.holds(() -> client.stats().inFlight() == 0, "no call in flight");
        assertThat(Awaited.error(listening)).isInstanceOf(CancellationException.class);
        assertThat(probe.hasEnded()).isFalse();
        assertThat(server.requests()).hasSize(2);
      }
    }
  }

  @Test
  void closingTheClientEndsTheFeed() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open(TYPE, "data: a\n\n"))) {
      CompletableFuture<Long> listening = listen(server);
      Eventually.holds(() -> heard.contains("a"), "a to be heard");
      client.close();
      assertThat(Awaited.error(listening))
          .isInstanceOfAny(CancellationException.class, ClientClosedError.class);
      server.awaitNoOpenConnections(Awaited.LIMIT);
    }
  }

  @Test
  void failingHandlerEndsTheFeedAndTheConnection() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open(TYPE, "data: a\n\n"))) {
      CompletableFuture<Long> listening =
          feed(server)
              .forEachAsync(
                  event -> CompletableFuture.failedFuture(new IllegalStateException("no")));
      assertThat(Awaited.error(listening)).hasRootCauseMessage("no");
      server.awaitNoOpenConnections(Awaited.LIMIT);
    }
  }

  @Test
  void headersThatComeTooLateAreFollowedByANewConnection() throws Exception {
    Script script = Script.inOrder(Scripts.stall(), Scripts.stall(), END);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      EventStream feed =
          EventStream.from(
                  client.get(server.url("/")).attemptTimeout(Duration.ofMillis(200)).noRetry())
              .reconnectDelay(Duration.ofMillis(1));
      assertThat(feed.forEach(event -> {})).succeedsWithin(Awaited.LIMIT);
      CompletableFuture<Long> limited = feed.maxFailures(0).forEach(event -> {});
      assertThat(limited).succeedsWithin(Awaited.LIMIT);
    }
    try (ScriptedServer server = ScriptedServer.start(Scripts.stall())) {
      EventStream feed =
          EventStream.from(
              client.get(server.url("/")).attemptTimeout(Duration.ofMillis(200)).noRetry());
      assertThat(Awaited.error(feed.maxFailures(0).forEach(event -> {})))
          .isInstanceOf(FetchTimeoutError.class);
    }
  }

  private CompletableFuture<Long> listen(ScriptedServer server) {
    return feed(server).forEachAsync(event -> hear(event.data()));
  }

  private CompletableFuture<?> hear(String data) {
    heard.add(data);
    return CompletableFuture.completedFuture(data);
  }

  private EventStream feed(ScriptedServer server) {
    return EventStream.from(client.get(server.url("/feed")).noRetry())
        .reconnectDelay(Duration.ofMillis(1));
  }
}
