package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testkit.RecordedSignals;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream ends at the item that its user names, while the server keeps the connection open. */
@Timeout(60)
class StreamUntilTest {

  private static final String TYPE = "Content-Type: text/event-stream\r\n";
  private static final Script CHAT =
      PiecewiseAnswers.open(TYPE, "data: a\n\ndata: b\n\ndata: [DONE]\n\ndata: c\n\n");
  private static final Script NUMBERS = PiecewiseAnswers.open("", "1\n2\n3\n4\n");

  private final AsyncHttpClient client = AsyncHttpClient.create();
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void eventsEndAtTheOneThatMatches() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(CHAT)) {
      assertThat(chat(server).forEach(event -> heard.add(event.data())))
          .succeedsWithin(Awaited.LIMIT)
          .isEqualTo(2L);
      assertThat(heard).containsExactly("a", "b");
      assertOver(server);
    }
  }

  @Test
  void publisherCompletesAtTheEventThatMatches() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(CHAT)) {
      RecordedSignals<ServerSentEvent> signals =
          RecordedSignals.on(chat(server).publisher(), Long.MAX_VALUE);
      assertThat(signals.awaitAll()).extracting(ServerSentEvent::data).containsExactly("a", "b");
      assertOver(server);
    }
  }

  @Test
  void linesAndValuesEndAtTheOneThatMatches() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(NUMBERS)) {
      Lines lines = Lines.from(client.get(server.url("/"))).until(line -> line.equals("3"));
      assertThat(lines.forEach(heard::add)).succeedsWithin(Awaited.LIMIT).isEqualTo(2L);
      assertThat(heard).containsExactly("1", "2");
      NdJson<Integer> values =
          NdJson.from(client.get(server.url("/")), Integer.class).until(value -> value == 3);
      assertThat(RecordedSignals.on(values.publisher(), Long.MAX_VALUE).awaitAll())
          .containsExactly(1, 2);
      Quiet.assertNothingLeft(client);
      server.awaitNoOpenConnections(Awaited.LIMIT);
    }
  }

  @Test
  void anyOfSeveralConditionsEndsIt() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(NUMBERS)) {
      Lines lines =
          Lines.from(client.get(server.url("/")))
              .until(line -> line.equals("4"))
              .until(line -> line.equals("2"))
              .maxLength(5);
      assertThat(lines.forEach(heard::add)).succeedsWithin(Awaited.LIMIT).isEqualTo(1L);
    }
  }

  @Test
  void conditionThatThrowsFailsTheStream() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(CHAT)) {
      CompletableFuture<Long> feed =
          EventStream.from(client.get(server.url("/")))
              .until(
                  event -> {
                    throw new IllegalStateException("no");
                  })
              .forEach(event -> {});
      assertThat(Awaited.failure(feed, UnexpectedError.class)).hasRootCauseMessage("no");
      assertOver(server);
    }
  }

  private EventStream chat(ScriptedServer server) {
    return EventStream.from(client.get(server.url("/")))
        .until(event -> event.data().equals("[DONE]"));
  }

  private void assertOver(ScriptedServer server) {
    Quiet.assertNothingLeft(client);
    server.awaitNoOpenConnections(Awaited.LIMIT);
    assertThat(server.requests()).hasSize(1);
  }
}
