package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.testserver.Exchange;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EventStreamTest {

  private static final String TYPE = "Content-Type: text/event-stream\r\n";
  private static final Script END = Scripts.respond(204, "");

  private final AsyncHttpClient client = AsyncHttpClient.create();
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void eventsAreHandedOverUntilStatus204() throws Exception {
    Script script =
        Script.inOrder(Wire.chunked(TYPE, "id: 1\ndata: a\n", "\nda", "ta: b\n\ndata: lost"), END);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(listen(server)).succeedsWithin(Probe.LIMIT).isEqualTo(2L);

      assertThat(heard).containsExactly("a", "b");
      assertThat(server.requests()).hasSize(2);
      assertThat(server.requests().get(0).header("Accept")).isEqualTo("text/event-stream");
      assertThat(server.requests().get(0).header("Last-Event-ID")).isNull();
      assertThat(server.requests().get(1).header("Last-Event-ID")).isEqualTo("1");
      assertThat(client.stats().inFlight()).isZero();
    }
  }

  @Test
  void eventIsHandedOverWhileTheConnectionIsOpen() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Wire.open(TYPE, "data: a\r\r"))) {
      CompletableFuture<Long> listening = listen(server);
      Probe.await(() -> heard.contains("a"));
      assertThat(listening).isNotDone();
      assertThat(client.stats().inFlight()).isEqualTo(1);
    }
  }

  @Test
  void resetsAndErrorStatusesAreFollowedByANewConnection() throws Exception {
    Script script =
        Script.inOrder(
            Scripts.respond(503, ""),
            Faults.reset(),
            Wire.broken(TYPE, "id: 1\ndata: a\n\ndata: half"),
            Scripts.respond(429, ""),
            Wire.broken(TYPE, "id: 2\ndata: b\n\n"),
            END);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      CompletableFuture<Long> listening =
          feed(server).maxFailures(4).forEach(event -> hear(event.data()));
      assertThat(listening).succeedsWithin(Probe.LIMIT).isEqualTo(2L);
      assertThat(heard).containsExactly("a", "b");
      assertThat(server.requests())
          .extracting(request -> String.valueOf(request.header("Last-Event-ID")))
          .containsExactly("null", "null", "null", "1", "1", "2");
    }
  }

  @Test
  void silenceIsFollowedByANewConnection() throws Exception {
    Script script = Script.inOrder(Wire.open(TYPE, "id: 1\ndata: a\n\n"), END);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      EventStream feed =
          EventStream.from(client.get(server.url("/")).idleTimeout(Duration.ofMillis(200)))
              .reconnectDelay(Duration.ofMillis(1));
      assertThat(feed.forEach(event -> null)).succeedsWithin(Probe.LIMIT).isEqualTo(1L);
      assertThat(server.acceptedConnections()).isEqualTo(2);
    }
  }

  @Test
  void serversDelayIsWaitedFor() throws Exception {
    Script script = Script.inOrder(Wire.chunked(TYPE, "retry: 400\n"), END);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      long start = System.nanoTime();
      assertThat(listen(server)).succeedsWithin(Probe.LIMIT).isEqualTo(0L);
      assertThat(System.nanoTime() - start).isGreaterThan(Duration.ofMillis(400).toNanos());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "text/event-streams", "application/json", ""})
  void otherMediaTypeFailsTheFeed(String type) throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(Wire.open(type.isEmpty() ? "" : "Content-Type: " + type + "\r\n"))) {
      assertThat(Probe.errorOf(listen(server)))
          .isInstanceOf(DecodeError.class)
          .hasMessageContaining(type.isEmpty() ? "none" : type);
      assertThat(server.requests()).hasSize(1);
      server.awaitNoOpenConnections(Probe.LIMIT);
    }
  }

  @Test
  void mediaTypeIsReadAsSuch() throws Exception {
    Script script =
        Script.inOrder(
            Wire.chunked(
                "Content-Type: Text/Event-Stream ; charset=latin1\r\n", "data: \u00e4\n\n"),
            END);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(listen(server)).succeedsWithin(Probe.LIMIT);
      assertThat(heard).containsExactly("\u00e4");
    }
  }

  @Test
  void finalStatusFailsTheFeed() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(404, "gone"))) {
      assertThat(Probe.errorOf(listen(server))).isInstanceOf(HttpStatusError.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void otherGoodStatusFailsTheFeed() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(
            Scripts.respond(202, Map.of("Content-Type", "text/event-stream"), ""))) {
      assertThat(Probe.errorOf(listen(server))).hasMessageContaining("status 202");
    }
  }

  @Test
  void failuresInARowAreCounted() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(
            Script.inOrder(
                Faults.reset(),
                Wire.broken(TYPE, "data: a\n\n"),
                Faults.reset(),
                Faults.reset()))) {
      assertThat(Probe.errorOf(feed(server).maxFailures(2).forEach(event -> null)))
          .isInstanceOf(ConnectionError.class);
      assertThat(server.requests()).hasSize(4);
    }
  }

  @Test
  void overlongEventFailsTheFeedAndClosesTheConnection() throws Exception {
    for (String text : List.of("data: " + "x".repeat(100), "data: xxxxxxxxx\n".repeat(10))) {
      try (ScriptedServer server = ScriptedServer.start(Wire.open(TYPE, text))) {
        assertThat(Probe.errorOf(feed(server).maxLength(50).forEach(event -> null)))
            .isInstanceOf(BodyTooLargeError.class);
        server.awaitNoOpenConnections(Probe.LIMIT);
        assertThat(server.requests()).hasSize(1);
      }
    }
  }

  @Test
  void cancelReachesEveryPointOfAFeed() throws Exception {
    Map<String, Script> points =
        Map.of(
            "connecting", Scripts.stall(),
            "reading", Wire.open(TYPE, "data: a\n\n"),
            "waiting", Wire.chunked(TYPE, "retry: 600000\n"));
    for (Map.Entry<String, Script> point : points.entrySet()) {
      try (ScriptedServer server = ScriptedServer.start(point.getValue())) {
        CompletableFuture<Long> listening = listen(server);
        Probe<ServerSentEvent> probe = Probe.on(feed(server).publisher(), Long.MAX_VALUE);
        server.awaitRequests(2);
        if (point.getKey().equals("waiting")) {
          Probe.await(() -> client.stats().inFlight() == 0);
        }
        listening.cancel(false);
        probe.cancel();

        if (!point.getKey().equals("waiting")) { // Then the connection is back in the pool.
          server.awaitNoOpenConnections(Probe.LIMIT);
        }
        Probe.await(() -> client.stats().inFlight() == 0);
        assertThat(Probe.errorOf(listening)).isInstanceOf(CancellationException.class);
        assertThat(probe.hasEnded()).isFalse();
        assertThat(server.requests()).hasSize(2);
      }
    }
  }

  @Test
  void closingTheClientEndsTheFeed() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Wire.open(TYPE, "data: a\n\n"))) {
      CompletableFuture<Long> listening = listen(server);
      Probe.await(() -> heard.contains("a"));
      client.close();
      assertThat(Probe.errorOf(listening))
          .isInstanceOfAny(CancellationException.class, ClientClosedError.class);
      server.awaitNoOpenConnections(Probe.LIMIT);
    }
  }

  @Test
  void failingHandlerEndsTheFeedAndTheConnection() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Wire.open(TYPE, "data: a\n\n"))) {
      CompletableFuture<Long> listening =
          feed(server)
              .forEach(event -> CompletableFuture.failedFuture(new IllegalStateException("no")));
      assertThat(Probe.errorOf(listening)).hasRootCauseMessage("no");
      server.awaitNoOpenConnections(Probe.LIMIT);
    }
  }

  /** The server keeps all events, cuts the connection anywhere, and goes on behind the id. */
  @Test
  void noEventIsLostOrDoubled() throws Exception {
    int total = 200;
    try (ScriptedServer server = ScriptedServer.start(exchange -> replay(exchange, total))) {
      assertThat(listen(server)).succeedsWithin(Duration.ofSeconds(50)).isEqualTo((long) total);
      assertThat(heard)
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, total).mapToObj(String::valueOf).toList());
      assertThat(server.requests()).hasSizeGreaterThan(5);
    }
  }

  private static void replay(Exchange exchange, int total) throws Exception {
    String last = exchange.request().header("Last-Event-ID");
    int from = last == null ? 1 : Integer.parseInt(last) + 1;
    if (from > total) {
      exchange.respond(204, "");
      return;
    }
    StringBuilder text = new StringBuilder("retry: 1\n");
    for (int i = from; i <= total; i++) {
      text.append("id: " + i + "\ndata: " + i + "\n\n");
    }
    byte[] all = text.toString().getBytes(StandardCharsets.UTF_8);
    int cut = Math.min(all.length, 300 + from * 7 % 97);
    Wire.begin(exchange, TYPE);
    OutputStream body = exchange.chunks();
    body.write(all, 0, cut);
    if (from % 3 == 0) {
      exchange.pause(Duration.ofMillis(50));
      exchange.reset();
    } else {
      exchange.close();
    }
  }

  @Test
  void feedGoesOnBehindAKnownEvent() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(END)) {
      assertThat(feed(server).lastEventId("41").forEach(event -> null)).succeedsWithin(Probe.LIMIT);
      assertThat(server.requests().get(0).header("Last-Event-ID")).isEqualTo("41");
    }
  }

  /** Half of it would be another event's id. */
  @Test
  void idThatNoHeaderCanHoldIsNotSent() throws Exception {
    Script script = Script.inOrder(Wire.chunked(TYPE, "id: 1\u00e4\ndata: a\n\n"), END);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(listen(server)).succeedsWithin(Probe.LIMIT);
      assertThat(server.requests().get(1).header("Last-Event-ID")).isNull();
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
      assertThat(feed.forEach(event -> null)).succeedsWithin(Probe.LIMIT);
      CompletableFuture<Long> limited = feed.maxFailures(0).forEach(event -> null);
      assertThat(limited).succeedsWithin(Probe.LIMIT);
    }
    try (ScriptedServer server = ScriptedServer.start(Scripts.stall())) {
      EventStream feed =
          EventStream.from(
              client.get(server.url("/")).attemptTimeout(Duration.ofMillis(200)).noRetry());
      assertThat(Probe.errorOf(feed.maxFailures(0).forEach(event -> null)))
          .isInstanceOf(FetchTimeoutError.class);
    }
  }

  private CompletableFuture<Long> listen(ScriptedServer server) {
    return feed(server).forEach(event -> hear(event.data()));
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
