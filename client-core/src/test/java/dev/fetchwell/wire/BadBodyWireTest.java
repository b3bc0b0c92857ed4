package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadBodyWireTest {

  private static final Duration SOON = Duration.ofSeconds(5);

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  record User(String name, int age) {}

  @ParameterizedTest
  @ValueSource(strings = {"{\"name\":", "<html>", "{} {}", "[1,]", "{\"name\":\"a\",\"age\":[]}"})
  void brokenJsonIsADecodeErrorWithASnippetAndIsNotRetried(String body) {
    ScriptedServer server = wire.server(Scripts.json(body));
    DecodeError error =
        failure(wire.client().getJson(server.url("/"), User.class), DecodeError.class);
    assertThat(error.type()).isEqualTo(User.class);
    assertThat(error.snippet()).isEqualTo(body);
    assertThat(error.mayHaveBeenProcessed()).isTrue();
    assertThat(error).message().doesNotContain(body);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void emptyBodyWhereJsonWasAskedIsADecodeError() {
    for (int status : new int[] {200, 204}) {
      ScriptedServer server = wire.server(Scripts.respond(status, ""));
      AsyncHttpClient client = wire.client();
      assertThat(failure(client.getJson(server.url("/")), DecodeError.class))
          .hasMessageContaining("empty, with status " + status);
      failure(client.getJson(server.url("/"), new TypeRef<List<User>>() {}), DecodeError.class);
      assertThat(value(client.getString(server.url("/")))).isEmpty();
      value(client.get(server.url("/")).asVoid().thenApply(none -> "ended"));
    }
  }

  @Test
  void literalNullAndEndlessNestingAreDecodeErrors() {
    ScriptedServer nothing = wire.server(Scripts.json("null"));
    failure(wire.client().getJson(nothing.url("/"), User.class), DecodeError.class);
    ScriptedServer nested = wire.server(Scripts.json("[".repeat(1_000_000)));
    DecodeError error = failure(wire.client().getJson(nested.url("/")), DecodeError.class);
    assertThat(error.snippet()).hasSize(200);
  }

  @Test
  void charsetOfTheContentTypeIsObeyed() {
    for (Charset charset : new Charset[] {UTF_8, ISO_8859_1, UTF_16}) {
      String type = "; charset=" + charset.name();
      ScriptedServer text = wire.server(bytes("text/plain" + type, "Grüße", charset));
      assertThat(value(wire.client().getString(text.url("/")))).isEqualTo("Grüße");
      ScriptedServer json =
          wire.server(bytes("application/json" + type, "{\"name\":\"Jürgen\",\"age\":7}", charset));
      assertThat(value(wire.client().getJson(json.url("/"), User.class)).name())
          .isEqualTo("Jürgen");
    }
  }

  @Test
  void wrongCharsetIsADecodeErrorForJsonAndLosesNothingElse() {
    String unknown = "text/plain; charset=no-such-charset";
    ScriptedServer text = wire.server(bytes(unknown, "Grüße", UTF_8));
    assertThat(value(wire.client().getString(text.url("/")))).isEqualTo("Grüße");
    String wrong = "application/json; charset=utf-8";
    ScriptedServer json = wire.server(bytes(wrong, "{\"name\":\"Jürgen\"}", ISO_8859_1));
    failure(wire.client().getJson(json.url("/")), DecodeError.class);
    assertThat(value(wire.client().getString(json.url("/")))).contains("J\ufffdrgen");
  }

  private static Script bytes(String type, String text, Charset charset) {
    byte[] body = text.getBytes(charset);
    return exchange -> exchange.respond(200, Map.of("Content-Type", type), body);
  }

  static Stream<Script> scriptsThatBreakOff() {
    return Stream.of(
        Faults.truncatedBody(),
        Faults.truncatedChunks(),
        Faults.missingLastChunk(),
        Faults.truncatedHead(),
        Faults.resetInBody());
  }

  @ParameterizedTest
  @MethodSource("scriptsThatBreakOff")
  void truncatedResponseIsALostConnectionAndRetried(Script script) {
    ScriptedServer server = wire.server(script);
    ConnectionError error =
        failure(wire.client().getString(server.url("/")), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.RESET);
    assertThat(error.attempts()).isEqualTo(3);
    assertThat(error.getSuppressed()).hasSize(2);
    assertThat(server.requests()).hasSize(3);
    server.awaitNoOpenConnections(SOON);

    ScriptedServer once = wire.server(Script.inOrder(script, Scripts.respond(200, "whole")));
    FetchResponse response = value(wire.client().get(once.url("/")).asResponse());
    assertThat(response.text()).isEqualTo("whole");
    assertThat(response.attempts()).isEqualTo(2);
  }

  @Test
  void gzipBombIsStoppedAtTheLimit() {
    ScriptedServer server = wire.server(Scripts.gzipBomb(100_000_000));
    BodyTooLargeError error =
        failure(wire.client().getBytes(server.url("/")), BodyTooLargeError.class);
    assertThat(error.limit()).isEqualTo(10 * 1024 * 1024);
    assertThat(error.elapsed()).isLessThan(SOON);
    assertThat(server.requests()).hasSize(1);
    server.awaitNoOpenConnections(SOON);
  }

  static Stream<Script> bodiesOfAThousandBytes() {
    return Stream.of(
        Scripts.body(1000), Scripts.chunkedBody(1000), Scripts.unsizedBody(1000), gzipped(1000));
  }

  private static Script gzipped(long bytes) {
    return Scripts.gzipBomb(bytes);
  }

  @ParameterizedTest
  @MethodSource("bodiesOfAThousandBytes")
  void bodyOverTheLimitIsAnErrorAndOneAtTheLimitIsNot(Script script) {
    ScriptedServer server = wire.server(script);
    AsyncHttpClient client = wire.client(builder -> builder.maxResponseBytes(999));
    assertThat(failure(client.getBytes(server.url("/")), BodyTooLargeError.class).limit())
        .isEqualTo(999);
    failure(client.get(server.url("/")).asResponse(), BodyTooLargeError.class);
    server.awaitNoOpenConnections(SOON);
    assertThat(value(client.get(server.url("/")).maxResponseBytes(1000).asBytes())).hasSize(1000);
    assertThat(server.requests()).hasSize(3);
  }

  @Test
  void endlessBodyIsStoppedAtTheLimit() {
    ScriptedServer server = wire.server(Faults.endlessBody());
    failure(wire.client().getBytes(server.url("/")), BodyTooLargeError.class);
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void headHasNoBodyWhateverItsLength() {
    ScriptedServer server = wire.server(Scripts.respond(200, "x".repeat(2000)));
    AsyncHttpClient client = wire.client(builder -> builder.maxResponseBytes(10));
    FetchResponse response = value(client.head(server.url("/")).asResponse());
    assertThat(response.header("content-length")).contains("2000");
    assertThat(response.body()).isEmpty();
  }

  @Test
  void errorKeepsTheStartOfItsBodyAndTheRestIsNotRead() {
    ScriptedServer server =
        wire.server(
            exchange -> {
              exchange.raw("HTTP/1.1 500 Broken\r\nConnection: close\r\n\r\n");
              byte[] block = "x".repeat(16 * 1024).getBytes(UTF_8);
              while (true) {
                exchange.raw(block);
              }
            });
    ServerStatusError error =
        failure(wire.client().get(server.url("/")).noRetry().asString(), ServerStatusError.class);
    assertThat(error.body()).hasSize(HttpStatusError.MAX_BODY_BYTES).containsOnly('x');
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void bodyThatIsNoGzipIsAProtocolError() {
    ScriptedServer server = wire.server(Faults.garbageGzip());
    ConnectionError error =
        failure(wire.client().get(server.url("/")).noRetry().asString(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.PROTOCOL);
  }
}
