package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testkit.RecordedSignals;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is paid for each time that it is sent, such as a chat completion, is sent once. */
@Timeout(60)
class StreamSentOnceTest {

  private static final String TYPE = "Content-Type: text/event-stream\r\n";

  /** What a stream that goes on would get; its bodies must not be the first one's. */
  private static final Script AGAIN = PiecewiseAnswers.open(TYPE, "data: again\n\n");

  private final AsyncHttpClient client = AsyncHttpClient.create();
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    client.close();
  }

  static Stream<UnaryOperator<RequestSpec>> requests() {
    return Stream.of(
        spec -> spec,
        RequestSpec::noRetry,
        RequestSpec::idempotencyKey,
        spec -> spec.retry(RetryPolicy.builder().retryNonIdempotent(true).build()));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void postEndsWithItsBody(UnaryOperator<RequestSpec> settings) throws Exception {
    Script script = Script.inOrder(PiecewiseAnswers.chunked(TYPE, "retry: 1\ndata: a\n\n"), AGAIN);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(listen(settings.apply(post(server)))).succeedsWithin(Awaited.LIMIT).isEqualTo(1L);
      assertSentOnce(server);
      assertThat(heard).containsExactly("a");
    }
  }

  @ParameterizedTest
  @MethodSource("requests")
  void postFailsWithWhatWasLost(UnaryOperator<RequestSpec> settings) throws Exception {
    Script behindAnEvent = PiecewiseAnswers.broken(TYPE, "retry: 1\ndata: a\n\n");
    for (Script lost : List.of(behindAnEvent, PiecewiseAnswers.broken(TYPE))) {
      try (ScriptedServer server = ScriptedServer.start(Script.inOrder(lost, AGAIN))) {
        FetchError error =
            Awaited.failure(listen(settings.apply(post(server))), ConnectionError.class);
        assertThat(((ConnectionError) error).kind()).isEqualTo(ConnectionError.Kind.RESET);
        assertThat(error.mayHaveBeenProcessed()).isTrue();
        assertSentOnce(server);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("requests")
  void postFailsWhenItsBodyGoesSilent(UnaryOperator<RequestSpec> settings) throws Exception {
    Script script = Script.inOrder(PiecewiseAnswers.open(TYPE, "data: a\n\n"), AGAIN);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      RequestSpec request = settings.apply(post(server)).idleTimeout(Duration.ofMillis(100));
      assertThat(Awaited.failure(listen(request), FetchTimeoutError.class).phase())
          .isEqualTo(FetchTimeoutError.Phase.IDLE);
      assertSentOnce(server);
    }
  }

  @Test
  void postFailsWithAnErrorStatus() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(Script.inOrder(Scripts.respond(503, ""), AGAIN))) {
      Awaited.failure(listen(post(server)), ServerStatusError.class);
      assertSentOnce(server);
    }
  }

  @Test
  void linesOfAPostAreNotAskedForAgain() throws Exception {
    for (UnaryOperator<RequestSpec> settings : requests().toList()) {
      try (ScriptedServer server = ScriptedServer.start(brokenAtFirst())) {
        RequestSpec request = settings.apply(post(server));
        Awaited.failure(Lines.from(request).forEach(heard::add), ConnectionError.class);
        assertSentOnce(server);
      }
      try (ScriptedServer server = ScriptedServer.start(brokenAtFirst())) {
        RequestSpec request = settings.apply(post(server));
        Awaited.failure(
            NdJson.from(request, Integer.class).forEach(value -> {}), ConnectionError.class);
        assertSentOnce(server);
      }
    }
    assertThat(heard).isEmpty();
  }

  @Test
  void onceEndsWithTheFirstConnectionWhateverTheMethod() throws Exception {
    Script ended = PiecewiseAnswers.chunked(TYPE, "data: a\n\n");
    try (ScriptedServer server = ScriptedServer.start(Script.inOrder(ended, AGAIN))) {
      EventStream feed = EventStream.from(client.get(server.url("/"))).once();
      assertThat(RecordedSignals.on(feed.publisher(), Long.MAX_VALUE).awaitAll()).hasSize(1);
      assertSentOnce(server);
    }
    try (ScriptedServer server =
        ScriptedServer.start(Script.inOrder(PiecewiseAnswers.broken(TYPE), AGAIN))) {
      EventStream feed = EventStream.from(client.get(server.url("/"))).once();
      Awaited.failure(feed.forEach(event -> {}), ConnectionError.class);
      assertSentOnce(server);
    }
  }

  @Test
  void onceAsksForNoBodyASecondTime() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(brokenAtFirst())) {
      assertThat(Lines.from(client.get(server.url("/"))).forEach(heard::add))
          .succeedsWithin(Awaited.LIMIT);
      assertThat(server.requests()).hasSize(2);
    }
    try (ScriptedServer server = ScriptedServer.start(brokenAtFirst())) {
      Awaited.failure(
          Lines.from(client.get(server.url("/"))).once().forEach(heard::add),
          ConnectionError.class);
      assertSentOnce(server);
    }
    try (ScriptedServer server = ScriptedServer.start(brokenAtFirst())) {
      NdJson<Integer> values = NdJson.from(client.get(server.url("/")), Integer.class);
      Awaited.failure(values.once().forEach(value -> {}), ConnectionError.class);
      assertSentOnce(server);
    }
  }

  private static Script brokenAtFirst() {
    return Script.inOrder(PiecewiseAnswers.broken(""), PiecewiseAnswers.chunked("", "1"));
  }

  private void assertSentOnce(ScriptedServer server) {
    // Whatever would be sent again holds a permit, or a timer.
    Quiet.assertNothingLeft(client);
    assertThat(server.requests()).hasSize(1);
  }

  private RequestSpec post(ScriptedServer server) {
    return client.post(server.url("/chat")).body("{}", "application/json");
  }

  private CompletableFuture<Long> listen(RequestSpec request) {
    return EventStream.from(request)
        .reconnectDelay(Duration.ofMillis(1))
        .forEach(event -> heard.add(event.data()));
  }
}
