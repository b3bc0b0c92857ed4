package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.Exchange;
import dev.fetchwell.testserver.ScriptedServer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for the handlers of every stream, whatever its items are. */
@Timeout(60)
class StreamHandlersTest {

  record Page(List<Integer> items) {}

  private interface Async {

    CompletableFuture<Long> of(
        AsyncHttpClient client,
        String base,
        Function<Object, @Nullable CompletionStage<?>> handler);
  }

  private interface Plain {

    CompletableFuture<Long> of(AsyncHttpClient client, String base, Consumer<Object> handler);
  }

  /** One kind of stream with three items. */
  private record Kind(String name, Plain plain, Async async) {

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Kind> kinds() {
    return Stream.of(
        new Kind(
            "Lines",
            (client, base, handler) -> Lines.from(client.get(base + "lines")).forEach(handler),
            (client, base, handler) ->
                Lines.from(client.get(base + "lines")).forEachAsync(handler)),
        new Kind(
            "NdJson",
            (client, base, handler) ->
                NdJson.from(client.get(base + "lines"), Integer.class).forEach(handler),
            (client, base, handler) ->
                NdJson.from(client.get(base + "lines"), Integer.class).forEachAsync(handler)),
        new Kind(
            "EventStream",
            (client, base, handler) -> events(client, base).forEach(handler),
            (client, base, handler) -> events(client, base).forEachAsync(handler)),
        new Kind(
            "PageItems",
            (client, base, handler) -> items(client, base).forEach(handler),
            (client, base, handler) -> items(client, base).forEachAsync(handler)));
  }

  private static EventStream events(AsyncHttpClient client, String base) {
    return EventStream.from(client.get(base + "events")).once();
  }

  private static PageItems<Integer> items(AsyncHttpClient client, String base) {
    return Pages.from(client.get(base + "page"), Page.class)
        .nextRequest((page, spec) -> null)
        .items(Page::items);
  }

  private final AsyncHttpClient client = AsyncHttpClient.create();
  private final ScriptedServer server = ScriptedServer.start(StreamHandlersTest::answer);
  private final List<Object> heard = new CopyOnWriteArrayList<>();

  private static void answer(Exchange exchange) throws Exception {
    switch (exchange.request().path()) {
      case "/events" ->
          exchange.respond(
              200,
              Map.of("Content-Type", "text/event-stream"),
              "data: 1\n\ndata: 2\n\ndata: 3\n\n");
      case "/page" -> exchange.respond(200, "{\"items\":[1,2,3]}");
      default -> exchange.respond(200, "1\n2\n3\n");
    }
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void itemsComeOneAfterTheOther(Kind kind) {
    assertThat(kind.plain().of(client, server.url("/"), heard::add))
        .succeedsWithin(Awaited.LIMIT)
        .isEqualTo(3L);
    assertThat(heard).hasSize(3);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void stageIsAwaitedBeforeTheNextItem(Kind kind) {
    List<CompletableFuture<String>> stages =
        Stream.generate(() -> new CompletableFuture<String>()).limit(3).toList();
    CompletableFuture<Long> loop =
        kind.async().of(client, server.url("/"), item -> hearing(item, stages));
    for (int i = 0; i < 3; i++) {
      int count = i + 1;
      Eventually.holds(() -> heard.size() == count, count + " in hand");
      assertThat(loop).isNotDone();
      stages.get(i).complete("handled");
    }
    assertThat(loop).succeedsWithin(Awaited.LIMIT).isEqualTo(3L);
  }

  /** A stage that is no {@code CompletableFuture} counts as well. */
  private CompletionStage<String> hearing(Object item, List<CompletableFuture<String>> stages) {
    heard.add(item);
    return stages.get(heard.size() - 1).minimalCompletionStage();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void cancelCancelsTheHandlersStage(Kind kind) {
    CompletableFuture<String> stage = new CompletableFuture<>();
    CompletableFuture<Long> loop =
        kind.async()
            .of(
                client,
                server.url("/"),
                item -> {
                  heard.add(item);
                  return stage;
                });
    Eventually.holds(() -> heard.size() == 1, "one in hand");
    loop.cancel(false);
    assertThat(Awaited.error(stage)).isInstanceOf(CancellationException.class);
    Quiet.assertNothingLeft(client);
    assertThat(heard).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void handlerThatThrowsOrFailsEndsItTyped(Kind kind) {
    IllegalStateException failure = new IllegalStateException("no");
    CompletableFuture<Long> thrown =
        kind.async()
            .of(
                client,
                server.url("/"),
                item -> {
                  throw failure;
                });
    CompletableFuture<Long> failed =
        kind.async().of(client, server.url("/"), item -> CompletableFuture.failedFuture(failure));
    assertThat(Awaited.failure(thrown, UnexpectedError.class)).hasCause(failure);
    assertThat(Awaited.failure(failed, UnexpectedError.class)).hasCause(failure);
    assertThat(kind.async().of(client, server.url("/"), item -> null))
        .succeedsWithin(Awaited.LIMIT)
        .isEqualTo(3L);
    Quiet.assertNothingLeft(client);
  }
}
