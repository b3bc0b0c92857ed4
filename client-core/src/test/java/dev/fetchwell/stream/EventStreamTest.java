package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.Exchange;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
        Script.inOrder(
            PiecewiseAnswers.chunked(TYPE, "id: 1\ndata: a\n", "\nda", "ta: b\n\ndata: lost"), END);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(listen(server)).succeedsWithin(Awaited.LIMIT).isEqualTo(2L);

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
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open(TYPE, "data: a\r\r"))) {
      CompletableFuture<Long> listening = listen(server);
      Eventually.holds(() -> heard.contains("a"), "a to be heard");
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
            PiecewiseAnswers.broken(TYPE, "id: 1\ndata: a\n\ndata: half"),
            Scripts.respond(429, ""),
            PiecewiseAnswers.broken(TYPE, "id: 2\ndata: b\n\n"),
            END);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      CompletableFuture<Long> listening =
          feed(server).maxFailures(4).forEachAsync(event -> hear(event.data()));
      assertThat(listening).succeedsWithin(Awaited.LIMIT).isEqualTo(2L);
      assertThat(heard).containsExactly("a", "b");
      assertThat(server.requests())
          .extracting(request -> String.valueOf(request.header("Last-Event-ID")))
          .containsExactly("null", "null", "null", "1", "1", "2");
    }
  }

  @Test
  void silenceIsFollowedByANewConnection() throws Exception {
    Script script = Script.inOrder(PiecewiseAnswers.open(TYPE, "id: 1\ndata: a\n\n"), END);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      EventStream feed =
          EventStream.from(client.get(server.url("/")).idleTimeout(Duration.ofMillis(200)))
              .reconnectDelay(Duration.ofMillis(1));
      assertThat(feed.forEach(event -> {})).succeedsWithin(Awaited.LIMIT).isEqualTo(1L);
      assertThat(server.acceptedConnections()).isEqualTo(2);
    }
  }

  @Test
  void serversDelayIsWaitedFor() throws Exception {
    Script script = Script.inOrder(PiecewiseAnswers.chunked(TYPE, "retry: 400\n"), END);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      long start = System.nanoTime();
      assertThat(listen(server)).succeedsWithin(Awaited.LIMIT).isEqualTo(0L);
      assertThat(System.nanoTime() - start).isGreaterThan(Duration.ofMillis(400).toNanos());
    }
  }

  @Test
  void mediaTypeIsReadAsSuch() throws Exception {
    Script script =
        Script.inOrder(
            PiecewiseAnswers.chunked(
                "Content-Type: Text/Event-Stream ; charset=latin1\r\n", "data: \u00e4\n\n"),
            END);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(listen(server)).succeedsWithin(Awaited.LIMIT);
      assertThat(heard).containsExactly("\u00e4");
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
    PiecewiseAnswers.begin(exchange, TYPE);
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
      assertThat(feed(server).lastEventId("41").forEach(event -> {})).succeedsWithin(Awaited.LIMIT);
      assertThat(server.requests().get(0).header("Last-Event-ID")).isEqualTo("41");
    }
  }

  /** Half of it would be another event's id. */
  @Test
  void idThatNoHeaderCanHoldIsNotSent() throws Exception {
    Script script = Script.inOrder(PiecewiseAnswers.chunked(TYPE, "id: 1\u00e4\ndata: a\n\n"), END);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(listen(server)).succeedsWithin(Awaited.LIMIT);
      assertThat(server.requests().get(1).header("Last-Event-ID")).isNull();
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
