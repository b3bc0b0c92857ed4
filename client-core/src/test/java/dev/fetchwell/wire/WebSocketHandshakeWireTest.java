package dev.fetchwell.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testserver.ReceivedRequest;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.TestCertificates;
import dev.fetchwell.testserver.WebSocketPeer;
import java.time.Duration;
import java.util.Map;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How web sockets are opened, refused and redirected, over real connections. */
@Timeout(60)
class WebSocketHandshakeWireTest {

  private static final Duration SOON = Duration.ofSeconds(5);

  @RegisterExtension final ClientsAndServers net = new ClientsAndServers();

  private ReconnectingWebSocket adopt(ReconnectingWebSocket.Builder builder) {
    ReconnectingWebSocket socket = builder.backoff(Backoff.fixed(Duration.ofMillis(1))).connect();
    net.finallyDo(() -> Awaited.ending(socket.stop(Duration.ZERO), SOON));
    return socket;
  }

  private ReconnectingWebSocket connect(AsyncHttpClient client, String url) {
    return adopt(ReconnectingWebSocket.builder(client, url));
  }

  private static Script serve() {
    return exchange -> WebSocketPeer.accept(exchange).serve();
  }

  private static Script answer(int status, Map<String, String> headers) {
    return exchange -> exchange.respond(status, headers, "no");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 410, 426})
  void refusalEndsItWithTheStatusError(int status) {
    ScriptedServer server = net.server(answer(status, Map.of()));
    ReconnectingWebSocket socket = connect(net.client(), server.url("/a?token=secret"));

    ClientStatusError error = Awaited.failure(socket.closed(), ClientStatusError.class);

    assertThat(error.status()).isEqualTo(status);
    assertThat(error.bodyText()).isEqualTo("no");
    assertThat(error).hasMessageNotContaining("secret");
    Awaited.failure(socket.opened(), HttpStatusError.class);
    assertThat(server.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 429, 500, 502, 503})
  void refusalThatMayPassIsFollowedByAnotherConnection(int status) {
    ScriptedServer server = net.server(Script.inOrder(answer(status, Map.of()), serve()));
    ReconnectingWebSocket socket = connect(net.client(), server.url("/a"));

    Awaited.value(socket.opened());

    assertThat(((HttpStatusError) socket.lastError().orElseThrow()).status()).isEqualTo(status);
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void noConnectionAtFirstIsRetriedLikeAnyOther() {
    ScriptedServer server =
        net.server(
            Script.inOrder(exchange -> exchange.reset(), exchange -> exchange.close(), serve()));
    Awaited.value(connect(net.client(), server.url("/a")).opened());

    assertThat(server.requests()).hasSize(3);
  }

  @Test
  void tooManyFailuresInARowEndIt() {
    ScriptedServer server = net.server(answer(503, Map.of()));
    ReconnectingWebSocket socket =
        adopt(ReconnectingWebSocket.builder(net.client(), server.url("/a")).maxFailures(2));

    Awaited.failure(socket.closed(), ServerStatusError.class);
    assertThat(server.requests()).hasSize(3);
  }

  @Test
  void silentServerIsGivenUpAfterTheAttemptTimeout() {
    ScriptedServer server = net.server(Script.inOrder(exchange -> exchange.stall(), serve()));
    AsyncHttpClient client = net.client(builder -> builder.attemptTimeout(Duration.ofMillis(200)));
    ReconnectingWebSocket socket = connect(client, server.url("/a"));

    Awaited.value(socket.opened());

    assertThat(socket.lastError()).containsInstanceOf(FetchTimeoutError.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n | status 200 in place of a web socket",
        "HTTP/1.1 101 X\\r\\nUpgrade: h2c\\r\\nConnection: Upgrade\\r\\n\\r\\n | another protocol",
        "HTTP/1.1 101 X\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"
            + "Sec-WebSocket-Accept: x\\r\\n\\r\\n | a Sec-WebSocket-Accept that is not",
        "HTTP/1.1 101 X\\r\\nUpgrade: websocket\\r\\n\\r\\n | status 101 without a connection",
      })
  void answerThatIsNoUpgradeEndsIt(String answer, String problem) {
    ScriptedServer server =
        net.server(
            exchange -> {
              exchange.raw(answer.replace("\\r\\n", "\r\n"));
              exchange.stall();
            });
    ConnectionError error =
        Awaited.failure(connect(net.client(), server.url("/a")).closed(), ConnectionError.class);

    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.PROTOCOL);
    assertThat(error).hasMessageContaining(problem);
    server.awaitNoOpenConnections(SOON);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sec-WebSocket-Extensions: x-own",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=10",
        "Sec-WebSocket-Protocol: other"
      })
  void whatWasNotOfferedIsNotAgreedTo(String header) {
    ScriptedServer server =
        net.server(
            exchange -> {
              WebSocketPeer.accept(exchange, header);
              exchange.stall();
            });
    ConnectionError error =
        Awaited.failure(connect(net.client(), server.url("/a")).closed(), ConnectionError.class);

    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.PROTOCOL);
    assertThat(error).hasMessageContaining("not offered");
  }

  @Test
  void offeredSubprotocolIsChosen() {
    ScriptedServer server =
        net.server(exchange -> WebSocketPeer.accept(exchange, "Sec-WebSocket-Protocol: b").serve());
    ReconnectingWebSocket socket =
        adopt(ReconnectingWebSocket.builder(net.client(), server.url("/a")).subprotocols("a", "b"));

    Awaited.value(socket.opened());

    assertThat(socket.subprotocol()).isEqualTo("b");
    assertThat(server.requests().get(0).header("Sec-WebSocket-Protocol")).isEqualTo("a, b");
  }

  @Test
  void handshakeIsACallWithTheClientsHeadersAndPath() {
    ScriptedServer server = net.server(serve());
    AsyncHttpClient client =
        net.client(builder -> builder.baseUrl(server.url("/api")).secretHeader("X-Api-Key", "k"));
    ReconnectingWebSocket socket =
        adopt(
            ReconnectingWebSocket.builder(client, "/feeds/{name}", "a b").header("X-Own", "mine"));

    Awaited.value(socket.opened());

    ReceivedRequest request = server.requests().get(0);
    assertThat(request.path()).isEqualTo("/api/feeds/a%20b");
    assertThat(request.header("X-Api-Key")).isEqualTo("k");
    assertThat(request.header("X-Own")).isEqualTo("mine");
    assertThat(request.header("User-Agent")).isEqualTo("fetchwell");
    assertThat(client.stats().calls()).isEqualTo(1);
    assertThat(client.stats().inFlight()).as("an open socket holds no permit").isZero();
  }

  @Test
  void givenRequestIsTheHandshake() {
    ScriptedServer server = net.server(serve());
    AsyncHttpClient client = net.client();
    ReconnectingWebSocket socket =
        adopt(
            ReconnectingWebSocket.builder(
                client.get(server.url("/a")).query("from", 7).bearer("t")));

    Awaited.value(socket.opened());

    assertThat(server.requests().get(0).path()).isEqualTo("/a?from=7");
    assertThat(server.requests().get(0).header("Authorization")).isEqualTo("Bearer t");
  }

  @Test
  void requestWithABodyIsNoHandshake() {
    AsyncHttpClient client = net.client();
    ReconnectingWebSocket socket =
        adopt(ReconnectingWebSocket.builder(client.post("http://localhost:1/").json("x")));

    assertThat(Awaited.failure(socket.closed(), InvalidRequestError.class))
        .hasMessageContaining("opened by a GET without a body");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://h/", "ws://", "wss:///x", "/relative", "ws://h/{missing}", ""})
  void addressThatIsIllegalEndsIt(String url) {
    ReconnectingWebSocket socket = connect(net.client(), url);

    FetchError error = Awaited.failure(socket.closed(), InvalidRequestError.class);

    assertThat(error.mayHaveBeenProcessed()).isFalse();
    Awaited.failure(socket.send("x"), ConnectionError.class);
  }

  @Test
  void redirectIsFollowedAndSecretsStayAtTheirOrigin() {
    ScriptedServer target = net.server(serve());
    ScriptedServer first =
        net.server(answer(302, Map.of("Location", target.url("/b").replace("http", "ws"))));
    AsyncHttpClient client = net.client();
    ReconnectingWebSocket socket =
        adopt(
            ReconnectingWebSocket.builder(client, first.url("/a").replace("http", "ws"))
                .secretHeader("X-Token", "t")
                .header("X-Plain", "p"));

    Awaited.value(socket.opened());

    assertThat(first.requests().get(0).header("X-Token")).isEqualTo("t");
    assertThat(target.requests().get(0).header("X-Token")).isNull();
    assertThat(target.requests().get(0).header("X-Plain")).isEqualTo("p");
  }

  @Test
  void redirectFromTlsToPlainIsNotFollowed() {
    ScriptedServer plain = net.server(serve());
    ScriptedServer secure =
        net.tlsServer(TestCertificates.trusted(), answer(302, Map.of("Location", plain.url("/"))));
    ReconnectingWebSocket socket =
        connect(net.trustingClient(), secure.url("/a").replace("https", "wss"));

    assertThat(Awaited.failure(socket.closed(), ConnectionError.class))
        .hasMessageContaining("https to http");
    assertThat(plain.requests()).isEmpty();
  }

  @Test
  void certificateThatIsNotTrustedEndsIt() {
    ScriptedServer server = net.tlsServer(TestCertificates.untrusted(), serve());

    ConnectionError error =
        Awaited.failure(
            connect(net.trustingClient(), server.url("/a")).closed(), ConnectionError.class);

    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.TLS);
  }

  @Test
  void interceptorsOfACallersOwnClientSeeTheHandshake() {
    ScriptedServer server = net.server(serve());
    OkHttpClient own =
        new OkHttpClient.Builder()
            .pingInterval(Duration.ofSeconds(7))
            .addInterceptor(
                chain ->
                    chain.proceed(chain.request().newBuilder().header("X-Theirs", "1").build()))
            .build();
    Awaited.value(connect(net.clientOn(own), server.url("/a")).opened());

    assertThat(server.requests().get(0).header("X-Theirs")).isEqualTo("1");
    assertThat(own.pingIntervalMillis()).isEqualTo(7_000);
  }

  @Test
  void stopWhileTheHandshakeHangsEndsAtOnce() {
    ScriptedServer server = net.server(exchange -> exchange.stall());
    ReconnectingWebSocket socket = connect(net.client(), server.url("/a"));
    server.awaitRequests(1);

    assertThat(Awaited.ending(socket.stop(Duration.ofMinutes(1)), SOON)).isNull();

    assertThat(Awaited.ending(socket.closed(), SOON)).isNull();
    server.awaitNoOpenConnections(SOON);
  }
}
