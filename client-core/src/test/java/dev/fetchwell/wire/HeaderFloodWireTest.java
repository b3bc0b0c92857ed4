package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.ConnectionError.Kind;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import dev.fetchwell.testserver.TestCertificates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers over OkHttp's limit, in HTTP/1. */
class HeaderFloodWireTest {

  private static final String STATUS = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 500, 300_000})
  void tooManyBytesOfHeadersAreABreachOfProtocol(int length) {
    String headers = ("a: " + "x".repeat(length) + "\r\n").repeat(400_000 / (length + 5) + 1);
    ScriptedServer server = wire.server(flood(headers));
    AsyncHttpClient client = wire.client();
    assertFlood(client, server);
    // Also where the bytes of an earlier answer came on the same connection.
    ScriptedServer second =
        wire.server(Script.inOrder(Scripts.respond(200, "x".repeat(300_000)), flood(headers)));
    assertThat(value(client.getString(second.url("/")))).hasSize(300_000);
    assertFlood(client, second);
  }

  private static Script flood(String headers) {
    return exchange -> {
      exchange.raw(STATUS);
      exchange.raw(headers);
    };
  }

  private static void assertFlood(AsyncHttpClient client, ScriptedServer server) {
    ConnectionError error =
        failure(client.post(server.url("/")).noRetry().asVoid(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(error).message().contains("headers");
  }

  @Test
  void tooManyBytesOfHeadersUnderTls() {
    ScriptedServer server =
        wire.tlsServer(TestCertificates.trusted(), flood("a: " + "x".repeat(300_000) + "\r\n"));
    assertFlood(wire.trustingClient(), server);
  }

  @Test
  void connectionThatBreaksWithinItsHeadersIsLost() {
    ScriptedServer server =
        wire.server(
            Script.inOrder(
                Scripts.respond(200, "x".repeat(300_000)),
                exchange -> {
                  exchange.raw(STATUS + "a: " + "x".repeat(1_000));
                  exchange.close();
                }));
    AsyncHttpClient client = wire.client();
    assertThat(value(client.getString(server.url("/")))).hasSize(300_000);
    ConnectionError error =
        failure(client.post(server.url("/")).noRetry().asVoid(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.RESET);
  }
}
