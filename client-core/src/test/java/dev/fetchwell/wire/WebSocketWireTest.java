package dev.fetchwell.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.SocketClosedError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.socket.SocketState;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.TestCertificates;
import dev.fetchwell.testserver.WebSocketPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Web sockets over real connections. */
@Timeout(60)
class WebSocketWireTest {

  private static final Duration SOON = Duration.ofSeconds(5);

  @RegisterExtension final ClientsAndServers net = new ClientsAndServers();

  private final Queue<SocketState> states = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

  private ReconnectingWebSocket.Builder builder(AsyncHttpClient client, ScriptedServer server) {
    return ReconnectingWebSocket.builder(client, server.url("/feed").replace("http", "ws"))
        .backoff(Backoff.fixed(Duration.ofMillis(1)))
        .onState(states::add)
        .onText((socket, text) -> texts.add(text));
  }

  private ReconnectingWebSocket adopt(ReconnectingWebSocket socket) {
    net.finallyDo(() -> Awaited.ending(socket.stop(Duration.ZERO), SOON));
    return socket;
  }

  private String nextText() throws InterruptedException {
    String text = texts.poll(10, TimeUnit.SECONDS);
    assertThat(text).as("a text within 10 s").isNotNull();
    return String.valueOf(text);
  }

  private static Script echo() {
    return exchange -> WebSocketPeer.accept(exchange).echo();
  }

  @Test
  void messagesGoAndComeAndStopClosesInGoodOrder() throws Exception {
    List<Integer> codes = new ArrayList<>();
    ScriptedServer server =
        net.server(
            exchange -> {
              WebSocketPeer peer = WebSocketPeer.accept(exchange);
              peer.text(peer.next().text() + "!");
              WebSocketPeer.Frame close = peer.next();
              codes.add(close.code());
              peer.text("last");
              peer.close(close.code());
            });
    ReconnectingWebSocket socket =
        adopt(
            builder(net.client(), server)
                .onOpen(
                    opened -> {
                      var unused = opened.send("hello");
                    })
                .connect());

    Awaited.value(socket.opened());
    assertThat(nextText()).isEqualTo("hello!");
    Awaited.ending(socket.stop(SOON), SOON);

    assertThat(nextText()).isEqualTo("last");
    assertThat(codes).containsExactly(1000);
    assertThat(socket.state()).isEqualTo(SocketState.CLOSED);
    assertThat(Awaited.ending(socket.closed(), SOON)).isNull();
    assertThat(states)
        .containsExactly(
            SocketState.CONNECTING, SocketState.OPEN, SocketState.CLOSING, SocketState.CLOSED);
  }

  @Test
  void overTlsToo() throws Exception {
    ScriptedServer server = net.tlsServer(TestCertificates.trusted(), echo());
    ReconnectingWebSocket socket = adopt(builder(net.trustingClient(), server).connect());

    Awaited.value(socket.send("over TLS"));

    assertThat(nextText()).isEqualTo("over TLS");
    assertThat(Awaited.ending(socket.stop(SOON), SOON)).isNull();
  }

  @Test
  void sentBytesComeBackAsTheyWere() throws Exception {
    BlockingQueue<byte[]> got = new LinkedBlockingQueue<>();
    ScriptedServer server = net.server(echo());
    ReconnectingWebSocket socket =
        adopt(builder(net.client(), server).onBinary((opened, bytes) -> got.add(bytes)).connect());
    for (int length : new int[] {0, 1, 125, 126, 65_535, 65_536, 1_000_000}) {
      byte[] bytes = new byte[length];
      new Random(length).nextBytes(bytes);

      Awaited.value(socket.send(bytes));

      assertThat(got.poll(10, TimeUnit.SECONDS)).isEqualTo(bytes);
    }
  }

  @Test
  void connectsAgainWhenTheConnectionIsReset() throws Exception {
    ScriptedServer server =
        net.server(
            Script.inOrder(
                exchange -> {
                  WebSocketPeer.accept(exchange).text("first");
                  exchange.reset();
                },
                exchange -> {
                  WebSocketPeer peer = WebSocketPeer.accept(exchange);
                  peer.text("second");
                  peer.serve();
                }));
    ReconnectingWebSocket socket = adopt(builder(net.client(), server).connect());

    Eventually.holds(() -> texts.contains("second"), "the second connection's message");
    assertThat(Awaited.ending(socket.stop(SOON), SOON)).isNull();
    assertThat(socket.lastError()).containsInstanceOf(ConnectionError.class);
    assertThat(states)
        .startsWith(
            SocketState.CONNECTING, SocketState.OPEN, SocketState.WAITING, SocketState.CONNECTING);
  }

  @Test
  void missedPongIsALostConnection() throws Exception {
    ScriptedServer server =
        net.server(
            Script.inOrder(
                exchange -> {
                  WebSocketPeer.accept(exchange);
                  exchange.stall();
                },
                echo()));
    ReconnectingWebSocket socket =
        adopt(builder(net.client(), server).heartbeat(Duration.ofMillis(200)).connect());

    server.awaitRequests(2);
    Awaited.value(socket.send("alive"));

    assertThat(nextText()).isEqualTo("alive");
    assertThat(socket.lastError().orElseThrow()).hasMessageContaining("no pong within PT0.2S");
  }

  @Test
  void halfClosedConnectionIsLost() {
    ScriptedServer server =
        net.server(
            Script.inOrder(
                exchange -> {
                  WebSocketPeer.accept(exchange);
                  exchange.halfClose();
                  exchange.stall();
                },
                echo()));
    adopt(builder(net.client(), server).connect());

    assertThat(server.awaitRequests(2)).hasSize(2);
  }

  @Test
  void serversPingIsAnswered() throws Exception {
    BlockingQueue<WebSocketPeer.Frame> answers = new LinkedBlockingQueue<>();
    ScriptedServer server =
        net.server(
            exchange -> {
              WebSocketPeer peer = WebSocketPeer.accept(exchange);
              peer.frame(WebSocketPeer.FIN | WebSocketPeer.PING, new byte[] {1, 2, 3});
              answers.add(peer.next());
              peer.serve();
            });
    adopt(builder(net.client(), server).connect());

    WebSocketPeer.Frame answer = answers.poll(10, TimeUnit.SECONDS);
    assertThat(answer.opcode()).isEqualTo(WebSocketPeer.PONG);
    assertThat(answer.payload()).containsExactly(1, 2, 3);
  }

  @Test
  void closingTheClientEndsItsSockets() {
    ScriptedServer server = net.server(echo());
    AsyncHttpClient client = net.client();
    ReconnectingWebSocket socket = builder(client, server).connect();
    Awaited.value(socket.opened());

    client.close();

    Awaited.failure(socket.closed(), ClientClosedError.class);
    assertThat(socket.state()).isEqualTo(SocketState.CLOSED);
    Awaited.failure(socket.send("late"), ClientClosedError.class);
    Awaited.failure(builder(client, server).connect().opened(), ClientClosedError.class);
  }

  @Test
  void shutdownOfTheClientSaysGoodbye() {
    List<Integer> codes = new ArrayList<>();
    ScriptedServer server =
        net.server(
            exchange -> {
              WebSocketPeer peer = WebSocketPeer.accept(exchange);
              WebSocketPeer.Frame close = peer.nextMessage();
              codes.add(close.code());
              peer.close(close.code());
            });
    AsyncHttpClient client = net.client();
    ReconnectingWebSocket socket = builder(client, server).connect();
    Awaited.value(socket.opened());

    assertThat(Awaited.ending(client.shutdown(Duration.ofSeconds(20)), SOON)).isNull();

    assertThat(codes).containsExactly(1001);
    Awaited.failure(socket.closed(), ClientClosedError.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1003, 1007, 1008, 1009, 3000})
  void closeCodeThatIsFinalEndsIt(int code) {
    ScriptedServer server =
        net.server(
            exchange -> {
              WebSocketPeer peer = WebSocketPeer.accept(exchange);
              peer.close(code);
              assertThat(peer.nextMessage().code()).isEqualTo(code);
            });
    ReconnectingWebSocket socket = adopt(builder(net.client(), server).connect());

    SocketClosedError error = Awaited.failure(socket.closed(), SocketClosedError.class);

    assertThat(error.code()).isEqualTo(code);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void normalCloseOfTheServersEndsItNormally() {
    ScriptedServer server =
        net.server(
            exchange -> {
              WebSocketPeer peer = WebSocketPeer.accept(exchange);
              peer.text("bye");
              peer.close(1000);
              peer.nextMessage();
            });
    ReconnectingWebSocket socket = adopt(builder(net.client(), server).connect());

    assertThat(Awaited.ending(socket.closed(), SOON)).isNull();
    assertThat(texts).containsExactly("bye");
    Awaited.failure(socket.send("late"), ConnectionError.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1001, 1011, 1012, 1013, 4000})
  void closeCodeThatIsNotFinalIsFollowedByAnotherConnection(int code) {
    ScriptedServer server =
        net.server(
            Script.inOrder(
                exchange -> {
                  WebSocketPeer peer = WebSocketPeer.accept(exchange);
                  peer.close(code);
                  peer.nextMessage();
                },
                echo()));
    adopt(builder(net.client(), server).connect());

    assertThat(server.awaitRequests(2)).hasSize(2);
  }

  @Test
  void handlerThatThrowsEndsItWith1011() throws Exception {
    BlockingQueue<Integer> codes = new LinkedBlockingQueue<>();
    ScriptedServer server =
        net.server(
            exchange -> {
              WebSocketPeer peer = WebSocketPeer.accept(exchange);
              peer.text("one");
              codes.add(peer.nextMessage().code());
            });
    ReconnectingWebSocket socket =
        adopt(
            builder(net.client(), server)
                .onText(
                    (opened, text) -> {
                      throw new IllegalStateException("mine");
                    })
                .connect());

    UnexpectedError error = Awaited.failure(socket.closed(), UnexpectedError.class);

    assertThat(error).hasCauseInstanceOf(IllegalStateException.class);
    assertThat(codes.poll(10, TimeUnit.SECONDS)).isEqualTo(1011);
  }
}
