package dev.fetchwell.testserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.URI;
import java.net.URLConnection;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class ScriptedServerTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration TICK = Duration.ofMillis(1);

  @Test
  void requestIsRecordedWithHeadersBodyAndNumbers() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(e -> e.respond(200, e.request().text()));
        RawClient client = new RawClient(server.port())) {
      client.send("POST /a?b=c HTTP/1.1\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 5\r\n\r\nhello");
      assertThat(client.readUntil("hello")).contains("Content-Length: 5");
      client.send("PUT /d HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: z\r\n\r\n").readUntil("abcde");

      List<ReceivedRequest> requests = server.awaitRequests(2);
      assertThat(requests).hasToString("[POST /a?b=c (#1.1), PUT /d (#1.2)]");
      assertThat(requests.get(0).headers("X-a")).containsExactly("1", "2");
      assertThat(requests.get(0).text()).isEqualTo("hello");
      assertThat(requests.get(1).body()).hasSize(5);
      assertThat(server.openConnections()).isEqualTo(1);
    }
  }

  static Stream<Arguments> scriptsThatEndTheConnection() {
    return Stream.of(
        Arguments.of(Faults.close(), ""),
        Arguments.of(Faults.truncatedBody(), "Content-Length: 1000\r\n\r\n0123456789"),
        Arguments.of(Faults.truncatedChunks(), "a\r\n0123456789\r\na\r\n01234"),
        Arguments.of(Faults.missingLastChunk(), "a\r\n0123456789\r\n"),
        Arguments.of(Faults.truncatedHead(), "Content-Le"),
        Arguments.of(Scripts.unsizedBody(20_000), "x".repeat(20_000)),
        Arguments.of(Faults.negativeStatus().then(Faults.close()), "hello"),
        Arguments.of(Scripts.drip("slow", TICK).then(Faults.close()), "4\r\n\r\nslow"),
        Arguments.of(Scripts.body(20_000).then(Faults.close()), "x".repeat(20_000)),
        Arguments.of(Scripts.chunkedBody(3).then(Faults.close()), "3\r\nxxx\r\n0\r\n\r\n"));
  }

  @ParameterizedTest
  @MethodSource("scriptsThatEndTheConnection")
  void scriptWritesExactlyThisAndCloses(Script script, String end) throws Exception {
    try (ScriptedServer server = ScriptedServer.start(script);
        RawClient client = new RawClient(server.port())) {
      assertThat(client.get("/").readAll()).endsWith(end);
      server.awaitNoOpenConnections(SOON);
    }
  }

  static Stream<Script> scriptsThatEndWithTheClient() {
    return Stream.of(
        Scripts.stall(),
        Scripts.drip("x".repeat(1_000_000), TICK),
        Faults.endlessInformational(TICK),
        Faults.endlessHeaders(Duration.ZERO),
        Faults.endlessBody(),
        Faults.halfClose());
  }

  @ParameterizedTest
  @MethodSource("scriptsThatEndWithTheClient")
  void scriptEndsWhenTheClientHangsUp(Script script) throws Exception {
    try (ScriptedServer server = ScriptedServer.start(script)) {
      try (RawClient client = new RawClient(server.port())) {
        client.get("/");
        server.awaitRequests(1);
        assertThat(server.openConnections()).isEqualTo(1);
      }
      server.awaitNoOpenConnections(SOON);
    }
  }

  @Test
  void dripTakesItsTime() throws Exception {
    try (ScriptedServer server =
            ScriptedServer.start(e -> e.drip("0123456789", Duration.ofMillis(10)));
        RawClient client = new RawClient(server.port())) {
      long start = System.nanoTime();
      client.get("/").readUntil("9");
      assertThat(System.nanoTime() - start).isGreaterThan(80_000_000);
    }
  }

  @Test
  void resetReachesTheClientAsSuch() throws Exception {
    for (Script script : List.of(Faults.reset(), Faults.resetInBody())) {
      try (ScriptedServer server = ScriptedServer.start(script);
          RawClient client = new RawClient(server.port())) {
        assertThatThrownBy(() -> client.get("/").readAll())
            .isInstanceOf(SocketException.class)
            .hasMessageContaining("reset");
      }
    }
  }

  @Test
  void halfCloseLeavesTheOtherDirectionOpen() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Faults.halfClose());
        RawClient client = new RawClient(server.port())) {
      assertThat(client.get("/").readAll()).isEmpty();
      assertThat(server.openConnections()).isEqualTo(1);
    }
  }

  @Test
  void gzipBombUnpacksToItsFullSize() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.gzipBomb(100_000_000))) {
      URLConnection connection = URI.create(server.url("/")).toURL().openConnection();
      try (InputStream body = new GZIPInputStream(connection.getInputStream())) {
        assertThat(body.skip(Long.MAX_VALUE)).isEqualTo(100_000_000);
      }
    }
  }

  @Test
  void connectionIsClosedAfterItsLastAnswer() throws Exception {
    Script script = Scripts.closeAfter(2, Scripts.respond(200, "ok"));
    try (ScriptedServer server = ScriptedServer.start(script);
        RawClient client = new RawClient(server.port())) {
      client.get("/").readUntil("ok");
      assertThat(client.get("/").readAll()).endsWith("ok");
    }
  }

  @Test
  void requestOnReusedConnectionIsReadAndDropped() throws Exception {
    Script script = Scripts.dropAfter(1, Scripts.respond(200, "ok"));
    try (ScriptedServer server = ScriptedServer.start(script);
        RawClient client = new RawClient(server.port());
        RawClient other = new RawClient(server.port())) {
      client.get("/1").readUntil("ok");
      assertThat(client.get("/2").readAll()).isEmpty();
      other.get("/3").readUntil("ok");
      assertThat(server.requests()).hasSize(3);
      assertThat(server.acceptedConnections()).isEqualTo(2);
    }
  }

  @Test
  void scriptsFollowOneAnother() throws Exception {
    Script script = Script.inOrder(Scripts.respond(503, "one"), Scripts.json("{}"));
    try (ScriptedServer server = ScriptedServer.start(script);
        RawClient client = new RawClient(server.port())) {
      assertThat(client.get("/").readUntil("one")).startsWith("HTTP/1.1 503 ");
      assertThat(client.get("/").readUntil("{}")).startsWith("HTTP/1.1 200 ");
      assertThat(client.get("/").readUntil("{}")).contains("application/json");
    }
  }

  @Test
  void scriptOnConnectSpeaksFirst() throws Exception {
    try (ScriptedServer server = ScriptedServer.startOnConnect(e -> e.raw("surprise"));
        RawClient client = new RawClient(server.port())) {
      client.readUntil("surprise");
      client.get("/").readUntil("ok");
    }
  }

  @Test
  void failureOfAScriptIsThrownOnClose() throws Exception {
    ScriptedServer server =
        ScriptedServer.start(
            e -> {
              throw new AssertionError("wrong header");
            });
    try (RawClient client = new RawClient(server.port())) {
      client.get("/").readAll();
      server.awaitNoOpenConnections(SOON);
    }
    assertThatThrownBy(server::close).hasRootCauseMessage("wrong header");
    server.close();
  }

  @Test
  void closedServerRefusesAndClosesEverything() throws Exception {
    ScriptedServer server = ScriptedServer.start(Scripts.stall());
    try (RawClient client = new RawClient(server.port())) {
      client.get("/");
      server.awaitRequests(1);
      server.close();
      assertThat(client.readAll()).isEmpty();
      server.awaitNoOpenConnections(SOON);
    }
    try (RawClient late = new RawClient(server.port())) {
      // Refused, unless another process has the port by now: then it is not this server that
      // answers.
      assertThat(late).isNotNull();
    } catch (IOException refused) {
      assertThat(refused).isInstanceOf(ConnectException.class);
    }
    assertThat(server.acceptedConnections()).isEqualTo(1);
  }
}
