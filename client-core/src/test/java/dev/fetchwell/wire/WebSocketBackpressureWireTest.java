package dev.fetchwell.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.socket.SocketState;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.TestCertificates;
import dev.fetchwell.testserver.WebSocketPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Web sockets whose one side is slower than the other, over real connections. */
@Timeout(60)
class WebSocketBackpressureWireTest {

  private static final Duration SOON = Duration.ofSeconds(5);

  @RegisterExtension final ClientsAndServers net = new ClientsAndServers();

  private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

  private ReconnectingWebSocket.Builder builder(AsyncHttpClient client, ScriptedServer server) {
    return ReconnectingWebSocket.builder(client, server.url("/feed").replace("http", "ws"))
        .backoff(Backoff.fixed(Duration.ofMillis(1)))
        .onText((socket, text) -> texts.add(text));
  }

  private ReconnectingWebSocket adopt(ReconnectingWebSocket socket) {
    net.finallyDo(() -> Awaited.ending(socket.stop(Duration.ZERO), SOON));
    return socket;
  }

  @Test
  void slowHandlerSlowsTheServerAndIsNoMissedPong() throws Exception {
    int messages = 5_000;
    CountDownLatch goOn = new CountDownLatch(1);
    net.finallyDo(goOn::countDown);
    AtomicInteger sent = new AtomicInteger();
    ScriptedServer server =
        net.server(
            exchange -> {
              WebSocketPeer peer = WebSocketPeer.accept(exchange);
              Thread sending = new Thread(() -> flood(peer, messages, sent));
              sending.start();
              peer.serve();
              sending.join();
            });
    ReconnectingWebSocket socket =
        adopt(
            builder(net.client(), server)
                .heartbeat(Duration.ofMillis(500))
                .onText(
                    (opened, text) -> {
                      awaitThat(goOn);
                      texts.add(text);
                    })
                .connect());
    Awaited.value(socket.opened());
    int[] before = {-1};
    Eventually.holds(
        () -> {
          int now = sent.get();
          boolean stands = now == before[0] && now > 64;
          before[0] = now;
          // More than two heartbeats.
          ClientsAndServers.pause(Duration.ofMillis(1_100));
          return stands;
        },
        "the server to wait");

    assertThat(sent.get()).isLessThan(messages - 500);
    assertThat(socket.state()).isEqualTo(SocketState.OPEN);
    goOn.countDown();
    Eventually.holds(() -> texts.size() == messages, "all messages");
    assertThat(server.acceptedConnections()).isEqualTo(1);
  }

  private static void flood(WebSocketPeer peer, int messages, AtomicInteger sent) {
    try {
      for (int i = 0; i < messages; i++) {
        peer.text("x".repeat(10_000));
        sent.incrementAndGet();
      }
    } catch (IOException clientHungUp) {
      throw new UncheckedIOException(clientHungUp);
    }
  }

  private static void awaitThat(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void serverThatDoesNotReadIsCutOffAndWhatWasNotSentSaysSo(boolean tls) {
    Script deaf =
        exchange -> {
          WebSocketPeer.accept(exchange);
          ClientsAndServers.pause(Duration.ofSeconds(3));
        };
    ScriptedServer server =
        tls ? net.tlsServer(TestCertificates.trusted(), deaf) : net.server(deaf);
    AsyncHttpClient client = tls ? net.trustingClient() : net.client();
    ReconnectingWebSocket socket = adopt(builder(client, server).compression(false).connect());
    Awaited.value(socket.opened());
    List<CompletableFuture<?>> sends = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      sends.add(socket.send(new byte[1_000_000]));
    }

    assertThat(Awaited.ending(socket.stop(Duration.ofMillis(200)), SOON)).isNull();

    ConnectionError last =
        Awaited.failure(sends.get(sends.size() - 1), ConnectionError.class, SOON);
    assertThat(last.mayHaveBeenProcessed()).isFalse();
    sends.forEach(each -> Awaited.ending(each, SOON));
  }
}
