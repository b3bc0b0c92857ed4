package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testkit.LoggedMessages;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A feed does not connect again to what cannot work, nor in silence. */
@Timeout(60)
class EventStreamReconnectTest {

  private static final String TYPE = "Content-Type: text/event-stream\r\n";
  private static final Script END = Scripts.respond(204, "");
  private static final Script NO_HTTP = exchange -> exchange.raw("SSH-2.0-OpenSSH_9.6\r\n");

  private final EventRecorder recorder = new EventRecorder();
  private final AsyncHttpClient client = AsyncHttpClient.builder().listener(recorder).build();

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void redirectThatCannotBeFollowedFailsTheFeed() throws Exception {
    for (Script script : List.of(Scripts.redirectLoop(), Scripts.redirect("ftp://h.test/"))) {
      try (ScriptedServer server = ScriptedServer.start(script)) {
        assertThat(protocolError(feed(server).forEach(event -> {}))).contains("redirect");
      }
    }
  }

  @Test
  void answerThatIsNotHttpFailsTheFeedAfterThePolicysAttempts() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(NO_HTTP)) {
      RequestSpec request = client.get(server.url("/"));
      protocolError(EventStream.from(request).forEach(event -> {}));
      assertThat(server.requests()).hasSize(3);
    }
  }

  @Test
  void malformedBodyBehindAnEventIsALostConnection() throws Exception {
    Script malformed =
        exchange -> {
          PiecewiseAnswers.begin(exchange, TYPE);
          exchange.raw("9\r\ndata: a\n\n\r\nno chunk\r\n");
        };
    try (ScriptedServer server = ScriptedServer.start(Script.inOrder(malformed, END))) {
      assertThat(feed(server).forEach(event -> {})).succeedsWithin(Awaited.LIMIT).isEqualTo(1L);
    }
  }

  @Test
  void eachReconnectIsTold() throws Exception {
    Script script =
        Script.inOrder(
            Faults.reset(),
            PiecewiseAnswers.chunked(TYPE, "retry: 1\nid: 7\ndata: a\n\n"),
            PiecewiseAnswers.broken(TYPE, ":\n\n"),
            END);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(feed(server).forEach(event -> {})).succeedsWithin(Awaited.LIMIT);
    }
    List<String> told = new ArrayList<>();
    recorder.eventsByCall().values().forEach(events -> told.add(events.get(events.size() - 1)));
    assertThat(told)
        .containsExactlyInAnyOrder(
            "streamReconnecting ConnectionError",
            "streamReconnecting behind an event",
            "streamReconnecting behind an event ConnectionError",
            "callEnded 204");
    assertThat(recorder.delays()).hasSize(3).allMatch(delay -> !delay.isZero());
  }

  @Test
  void noCacheMayAnswerUnlessItsUserSaysSo() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(END);
        AsyncHttpClient other = client.toBuilder().header("cache-control", "max-stale=9").build()) {
      RequestSpec own = client.get(server.url("/")).header("cache-control", "max-age=5");
      RequestSpec clients = other.get(server.url("/"));
      for (RequestSpec request : List.of(client.get(server.url("/")), own, clients)) {
        Awaited.value(EventStream.from(request).forEach(event -> {}));
      }
      assertThat(server.requests())
          .extracting(request -> request.header("Cache-Control"))
          .containsExactly("no-cache", "max-age=5", "max-stale=9");
    }
  }

  @Test
  void whatIsTooLongNamesTheKnob() throws Exception {
    Map<String, String> texts =
        Map.of("line", "data: " + "x".repeat(100), "event", "data: xxxxxxxxx\n".repeat(10));
    for (Map.Entry<String, String> text : texts.entrySet()) {
      Script script = PiecewiseAnswers.open(TYPE, text.getValue());
      try (ScriptedServer server = ScriptedServer.start(script)) {
        CompletableFuture<Long> listening = feed(server).maxLength(50).forEach(event -> {});
        assertThat(Awaited.failure(listening, BodyTooLargeError.class))
            .hasMessageContaining(text.getKey() + " over 50 characters (raise maxLength");
      }
    }
  }

  @Test
  void serversBadIdsAreLoggedOnce() throws Exception {
    Script bad = PiecewiseAnswers.chunked(TYPE, "retry: 1\nid: 1\u00e4\ndata: a\n\n");
    try (ScriptedServer server = ScriptedServer.start(Script.inOrder(bad, bad, bad, END));
        LoggedMessages log = new LoggedMessages()) {
      assertThat(feed(server).forEach(event -> {})).succeedsWithin(Awaited.LIMIT).isEqualTo(3L);
      assertThat(log.warnings()).hasSize(1).allMatch(text -> text.contains("outside ASCII"));
    }
    Quiet.assertNothingLeft(client);
  }

  private static String protocolError(CompletableFuture<Long> feed) {
    ConnectionError error = Awaited.failure(feed, ConnectionError.class);
    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.PROTOCOL);
    return String.valueOf(error.getMessage());
  }

  private EventStream feed(ScriptedServer server) {
    return EventStream.from(client.get(server.url("/feed")).noRetry())
        .reconnectDelay(Duration.ofMillis(1));
  }
}
