package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.RecordedSignals;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LinesTest {

  private final AsyncHttpClient client = AsyncHttpClient.create();
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    client.close();
  }

  static Stream<Arguments> texts() {
    return Stream.of(
        arguments("", List.of()),
        arguments("a", List.of("a")),
        arguments("a\n", List.of("a")),
        arguments("a\nb\r\nc\rd", List.of("a", "b", "c", "d")),
        arguments("\n\na\n\n", List.of("", "", "a", "")),
        arguments("a\r\r\nb\n\rc", List.of("a", "", "b", "", "c")),
        arguments("\uFEFFa\n\uFEFFb", List.of("a", "\uFEFFb")),
        arguments("\uFEFF", List.of("")));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void linesEndWithLfCrOrCrLf(String text, List<String> lines) throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(200, text))) {
      assertThat(listen(server)).succeedsWithin(Awaited.LIMIT).isEqualTo((long) lines.size());
      assertThat(heard).isEqualTo(lines);
      assertThat(RecordedSignals.on(lines(server).publisher(), Long.MAX_VALUE).awaitAll())
          .isEqualTo(lines);
      assertThat(client.stats().inFlight()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "ISO-8859-1", "UTF-16", "UTF-16LE", "windows-1252", "Shift_JIS"})
  void charsetIsTheContentTypes(String name) throws Exception {
    String text = name.equals("Shift_JIS") ? "\u3042\n\u3044" : "\u00e4\n\u00f6";
    byte[] bytes = text.getBytes(Charset.forName(name));
    Map<String, String> headers = Map.of("Content-Type", "text/plain; charset=\"" + name + "\"");
    try (ScriptedServer server =
        ScriptedServer.start(exchange -> exchange.respond(200, headers, bytes))) {
      assertThat(listen(server)).succeedsWithin(Awaited.LIMIT);
      assertThat(heard).isEqualTo(text.lines().toList());
    }
  }

  @Test
  void charactersMayBeSplitAnywhere() throws Exception {
    String text = "a\u00e4\u20ac\ud83d\ude00\n".repeat(5);
    Script byByte =
        exchange -> {
          PiecewiseAnswers.begin(exchange, "");
          try (OutputStream body = exchange.chunks()) {
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
              body.write(b);
              exchange.pause(Duration.ofMillis(1));
            }
          }
        };
    try (ScriptedServer server = ScriptedServer.start(byByte)) {
      assertThat(listen(server)).succeedsWithin(Awaited.LIMIT).isEqualTo(5L);
      assertThat(heard).isEqualTo(text.lines().toList());
    }
  }

  @Test
  void lineIsHandedOverAsSoonAsItsEndIsHere() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(PiecewiseAnswers.open("", "a\r", "b\nhalf"))) {
      CompletableFuture<Long> listening = listen(server);
      Eventually.holds(() -> heard.size() == 2, "two to be heard");
      assertThat(heard).containsExactly("a", "b");
      listening.cancel(false);
      server.awaitNoOpenConnections(Awaited.LIMIT);
      Eventually.holds(() -> client.stats().inFlight() == 0, "no call in flight");
      assertThat(Awaited.error(listening)).isInstanceOf(CancellationException.class);
    }
  }

  @Test
  void overlongLineEndsItWithinBoundedMemory() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(Scripts.respond(200, "x".repeat(10) + "\n" + "x".repeat(11)))) {
      assertThat(Awaited.error(lines(server).maxLength(10).forEach(heard::add)))
          .isInstanceOfSatisfying(
              BodyTooLargeError.class, error -> assertThat(error.limit()).isEqualTo(10));
      assertThat(heard).containsExactly("x".repeat(10));
    }
    try (ScriptedServer server = ScriptedServer.start(Faults.endlessBody())) {
      assertThat(Awaited.error(listen(server))).isInstanceOf(BodyTooLargeError.class);
      server.awaitNoOpenConnections(Awaited.LIMIT);
      assertThat(client.stats().inFlight()).isZero();
    }
  }

  @Test
  void throwingHandlerEndsItAndClosesTheConnection() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open("", "a\n"))) {
      CompletableFuture<Long> listening =
          lines(server)
              .forEach(
                  line -> {
                    throw new IllegalStateException("no " + line);
                  });
      assertThat(Awaited.error(listening))
          .isInstanceOf(UnexpectedError.class)
          .hasRootCauseMessage("no a");
      server.awaitNoOpenConnections(Awaited.LIMIT);
    }
  }

  @Test
  void brokenOrSilentBodyIsAnErrorAfterTheLinesBefore() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.broken("", "a\nhalf"))) {
      assertThat(Awaited.error(listen(server))).isInstanceOf(ConnectionError.class);
      assertThat(heard).containsExactly("a");
      assertThat(server.requests()).hasSize(1);
    }
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open("", "b\nhalf"))) {
      Lines lines = Lines.from(client.get(server.url("/")).idleTimeout(Duration.ofMillis(100)));
      assertThat(Awaited.error(lines.forEach(heard::add))).isInstanceOf(FetchTimeoutError.class);
      assertThat(heard).containsExactly("a", "b");
    }
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(404, "a\nb"))) {
      assertThat(Awaited.error(listen(server))).isInstanceOf(HttpStatusError.class);
    }
  }

  @Test
  void slowConsumerSlowsTheServer() throws Exception {
    AtomicLong written = new AtomicLong();
    byte[] block = "0123456789abcde\n".repeat(4096).getBytes(StandardCharsets.UTF_8);
    Script endless =
        exchange -> {
          PiecewiseAnswers.begin(exchange, "");
          OutputStream body = exchange.chunks();
          while (written.get() < 1L << 30) {
            body.write(block);
            written.addAndGet(block.length);
          }
        };
    try (ScriptedServer server = ScriptedServer.start(endless)) {
      RecordedSignals<String> probe = RecordedSignals.on(lines(server).publisher(), 10);
      probe.awaitItems(10);
      Eventually.standsStill(written::get);
      assertThat(written.get()).isLessThan(32L << 20);
      assertThat(probe.items()).hasSize(10);
      probe.cancel();
      server.awaitNoOpenConnections(Awaited.LIMIT);
    }
  }

  @Test
  void requestIsSentWhenLinesAreAskedForAndAnewForEachSubscriber() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(200, "a\nb"))) {
      Lines lines = lines(server);
      RecordedSignals<String> first = RecordedSignals.on(lines.publisher(), 0);
      assertThat(server.requests()).isEmpty();
      first.request(5);
      assertThat(first.awaitAll()).containsExactly("a", "b");
      assertThat(RecordedSignals.on(lines.publisher(), 5).awaitAll()).containsExactly("a", "b");
      assertThat(server.requests()).hasSize(2);
    }
  }

  private CompletableFuture<Long> listen(ScriptedServer server) {
    return lines(server).forEach(heard::add);
  }

  private Lines lines(ScriptedServer server) {
    return Lines.from(client.get(server.url("/")));
  }
}
