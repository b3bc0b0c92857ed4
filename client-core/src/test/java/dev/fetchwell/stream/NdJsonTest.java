package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.RecordedSignals;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class NdJsonTest {

  record Row(int id, String name) {}

  private final AsyncHttpClient client = AsyncHttpClient.create();

  @AfterEach
  void close() {
    client.close();
  }

  static Stream<Arguments> bodies() {
    Row one = new Row(1, "\u00e4");
    Row two = new Row(2, "b");
    String first = "{\"id\":1,\"name\":\"\u00e4\"}";
    String second = "{\"id\": 2, \"name\": \"b\", \"more\": null}";
    return Stream.of(
        arguments("", List.of()),
        arguments("\n \r\n\t\n", List.of()),
        arguments(first + "\n" + second, List.of(one, two)),
        arguments("\uFEFF" + first + "\r\n\r\n  \n" + second + "\r\n", List.of(one, two)));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void valuesComeOneByOneAndBlankLinesAreSkipped(String body, List<Row> rows) throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(200, body))) {
      assertThat(RecordedSignals.on(rows(server).publisher(), Long.MAX_VALUE).awaitAll())
          .isEqualTo(rows);
      List<Row> heard = new ArrayList<>();
      CompletableFuture<Long> done = rows(server).forEachAsync(row -> note(heard, row));
      assertThat(done).succeedsWithin(Awaited.LIMIT).isEqualTo((long) rows.size());
      assertThat(heard).isEqualTo(rows);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"id\":", "[1]", "null", "{\"id\":1} {\"id\":2}", "\"text\""})
  void badLineIsADecodeErrorWithItsNumber(String bad) throws Exception {
    String body = "{\"id\":1,\"name\":\"a\"}\n\n" + bad + "\n{\"id\":2,\"name\":\"b\"}\n";
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open("", body))) {
      List<Row> heard = new ArrayList<>();
      assertThat(Awaited.error(rows(server).forEachAsync(row -> note(heard, row))))
          .isInstanceOfSatisfying(
              DecodeError.class,
              error -> {
                assertThat(error).hasMessageContaining("line 3: ");
                assertThat(error.snippet()).isEqualTo(bad);
                assertThat(error.type()).isEqualTo(Row.class);
              });
      assertThat(heard).hasSize(1);
      server.awaitNoOpenConnections(Awaited.LIMIT);
    }
  }

  @Test
  void charsetIsTheContentTypes() throws Exception {
    byte[] body =
        "{\"id\":1,\"name\":\"\u00e4\"}".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    Map<String, String> headers = Map.of("Content-Type", "application/x-ndjson; charset=latin1");
    try (ScriptedServer server =
        ScriptedServer.start(exchange -> exchange.respond(200, headers, body))) {
      assertThat(RecordedSignals.on(rows(server).publisher(), 5).awaitAll())
          .containsExactly(new Row(1, "\u00e4"));
    }
  }

  @Test
  void valuesMayBeGeneric() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(200, "[1,2]\n[3]\n"))) {
      NdJson<List<Integer>> lists =
          NdJson.from(client.get(server.url("/")), new TypeRef<List<Integer>>() {});
      assertThat(RecordedSignals.on(lists.publisher(), 5).awaitAll())
          .containsExactly(List.of(1, 2), List.of(3));
    }
  }

  @Test
  void handlersFutureIsWaitedForAndCancelledWithTheLoop() throws Exception {
    String body = "{\"id\":1,\"name\":\"a\"}\n".repeat(2);
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open("", body))) {
      AtomicInteger calls = new AtomicInteger();
      CompletableFuture<Object> handling = new CompletableFuture<>();
      CompletableFuture<Long> done =
          rows(server)
              .forEachAsync(
                  row -> {
                    calls.incrementAndGet();
                    return handling;
                  });
      Eventually.holds(() -> calls.get() == 1, "one call");
      done.cancel(false);
      Eventually.holds(handling::isCancelled, "the handling cancelled");
      server.awaitNoOpenConnections(Awaited.LIMIT);
      assertThat(calls).hasValue(1);
    }
  }

  private static CompletableFuture<?> note(List<Row> heard, Row row) {
    heard.add(row);
    return CompletableFuture.completedFuture(row);
  }

  private NdJson<Row> rows(ScriptedServer server) {
    return NdJson.from(client.get(server.url("/")), Row.class);
  }
}
