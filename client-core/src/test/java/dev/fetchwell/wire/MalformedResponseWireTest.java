package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.ConnectionError.Kind;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MalformedResponseWireTest {

  private static final Duration SOON = Duration.ofSeconds(5);

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  static Stream<Named<Script>> malformedResponses() {
    String ok = "HTTP/1.1 200 OK\r\n";
    return Stream.of(
        Named.of("negative length", Faults.negativeContentLength()),
        Named.of("negative status", Faults.negativeStatus()),
        Named.of("garbage status line", Faults.garbageStatusLine()),
        Named.of("length is a word", Faults.garbageContentLength()),
        Named.of("two lengths", Faults.conflictingContentLengths()),
        Named.of("garbage chunk size", Faults.garbageChunkSize()),
        Named.of("length over long", raw(ok + "Content-Length: 99999999999999999999\r\n\r\nx")),
        Named.of("status of two digits", raw("HTTP/1.1 20\r\n\r\n")),
        Named.of("status is a word", raw("HTTP/1.1 abc OK\r\n\r\n")),
        Named.of("status over int", raw("HTTP/1.1 99999999999 OK\r\n\r\n")),
        Named.of("no version", raw("hello\r\n\r\n")),
        Named.of("204 with a body", raw("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello")),
        Named.of("negative chunk", raw(ok + "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n")),
        Named.of(
            "chunk over long", raw(ok + "Transfer-Encoding: chunked\r\n\r\n" + "f".repeat(30))),
        Named.of("unasked upgrade", raw(upgrade() + "hello")),
        Named.of("upgrade without a protocol", raw("HTTP/1.1 101 Switching\r\n\r\nhello")));
  }

  @Test
  void headersWithoutEndAreGivenUp() {
    ScriptedServer server = wire.server(Faults.endlessHeaders(Duration.ZERO));
    failure(wire.client().get(server.url("/")).noRetry().asString(), ConnectionError.class);
    server.awaitNoOpenConnections(SOON);
  }

  private static String upgrade() {
    return "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n";
  }

  private static Script raw(String response) {
    return Faults.raw(response + "\r\n");
  }

  @ParameterizedTest
  @MethodSource("malformedResponses")
  void malformedResponseIsAProtocolErrorAndItsSocketIsClosed(Script script) {
    ScriptedServer server = wire.server(script);
    AsyncHttpClient client = wire.client();
    ConnectionError error =
        failure(client.get(server.url("/")).noRetry().asString(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(error.mayHaveBeenProcessed()).isTrue();
    assertThat(error.elapsed()).isLessThan(SOON);
    assertThat(server.requests()).hasSize(1);
    server.awaitNoOpenConnections(SOON);
  }

  @ParameterizedTest
  @MethodSource("malformedResponses")
  void malformedResponseIsRetriedOnAnotherConnection(Script script) {
    ScriptedServer server = wire.server(Script.inOrder(script, Scripts.respond(200, "ok")));
    FetchResponse response = value(wire.client().get(server.url("/")).asResponse());
    assertThat(response.text()).isEqualTo("ok");
    assertThat(response.attempts()).isEqualTo(2);
    assertThat(server.acceptedConnections()).isEqualTo(2);
  }

  @Test
  void malformedStreamIsAProtocolErrorToo() {
    ScriptedServer server = wire.server(Faults.negativeContentLength());
    ConnectionError error =
        failure(wire.client().get(server.url("/")).noRetry().asStream(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.PROTOCOL);
    server.awaitNoOpenConnections(SOON);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ncontent-length:2\r\nX-Empty:\r\n\r\nok",
        "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\n"
            + "Content-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\nT: 1\r\n\r\n"
      })
  void unusualResponseIsUnderstood(String response) {
    ScriptedServer server = wire.server(Faults.raw(response));
    assertThat(value(wire.client().get(server.url("/")).noRetry().asString())).isEqualTo("ok");
  }

  @Test
  void headerWithoutAColonOrWithGarbageHarmsNothing() {
    ScriptedServer server =
        wire.server(
            Faults.raw("HTTP/1.1 200 OK\r\nno colon\r\n: none\r\nX-\u00fc: \u0001\r\n\r\n"));
    failureOrValue(wire, server);
    server.awaitNoOpenConnections(SOON);
  }

  private static void failureOrValue(ClientsAndServers wire, ScriptedServer server) {
    // The body has no length: it ends with the connection, or with the attempt's time.
    AsyncHttpClient client = wire.client(b -> b.attemptTimeout(Duration.ofMillis(200)));
    value(client.get(server.url("/")).noRetry().asOutcome(String.class));
  }
}
