package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import dev.fetchwell.testserver.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import javax.net.SocketFactory;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many connections to one host are being opened at a time. */
class ConnectPacingWireTest {

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private List<CompletableFuture<String>> calls(AsyncHttpClient client, String url, int count) {
    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      CompletableFuture<String> call = client.get(url).noRetry().asString();
      wire.finallyCancel(call);
      calls.add(call);
    }
    return calls;
  }

  /** A handshake that does not begin is a connection that is being opened. */
  @Test
  void boundedNumberOfHandshakesIsUnderWayAndNoTurnIsLostByCancelling() {
    ScriptedServer stalls = wire.serverOnConnect(Scripts.stall());
    ScriptedServer other = wire.server(Scripts.respond(200, "other"));
    AsyncHttpClient client = wire.client(builder -> builder.maxConnecting(3));
    String url = "https://127.0.0.1:" + stalls.port() + "/";
    List<CompletableFuture<String>> calls = calls(client, url, 10);
    stalls.awaitConnections(3);
    assertThat(value(client.getString(other.url("/")))).isEqualTo("other");
    assertThat(stalls.acceptedConnections()).isEqualTo(3);

    calls.forEach(call -> call.cancel(true));
    Eventually.holds(() -> stalls.openConnections() == 0, "no connection");
    int before = stalls.acceptedConnections();
    calls(client, url, 4);
    stalls.awaitConnections(before + 3);
  }

  @Test
  void thoseThatWaitDoSoUntilTheirDeadlineAndSayForWhat() {
    ScriptedServer stalls = wire.serverOnConnect(Scripts.stall());
    AsyncHttpClient client = wire.client(builder -> builder.maxConnecting(1));
    String url = "https://127.0.0.1:" + stalls.port() + "/";
    calls(client, url, 1);
    stalls.awaitConnections(1);
    FetchTimeoutError error =
        failure(
            client
                .get(url)
                .noRetry()
                .attemptTimeout(Duration.ofMillis(100))
                .timeout(Duration.ofMillis(400))
                .asString(),
            FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.TOTAL);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(error).hasMessageContaining("maxConnecting 1");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneThatWaitsTakesAConnectionThatComesFree(boolean fastFallback) {
    CountDownLatch answer = new CountDownLatch(1);
    wire.finallyDo(answer::countDown);
    ScriptedServer server =
        wire.server(
            exchange -> {
              if (exchange.request().path().equals("/held")) {
                answer.await();
              }
              exchange.respond(200, "ok");
            });
    StuckSockets sockets = new StuckSockets(number -> number == 2);
    AsyncHttpClient client = client(sockets, fastFallback);
    CompletableFuture<String> held = client.getString(server.url("/held"));
    server.awaitRequests(1);
    CompletableFuture<String> connecting = calls(client, server.url("/"), 1).get(0);
    Eventually.holds(() -> sockets.connecting.get() == 2, "the second to connect");
    List<CompletableFuture<String>> waiting = calls(client, server.url("/"), 5);

    answer.countDown();
    assertThat(value(held)).isEqualTo("ok");
    assertThat(waiting).allSatisfy(call -> assertThat(value(call)).isEqualTo("ok"));
    assertThat(connecting).isNotDone();
    assertThat(server.acceptedConnections()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void failureAfterTheWaitIsToldAsItIs(boolean fastFallback) throws IOException {
    StuckSockets sockets = new StuckSockets(number -> number == 1);
    AsyncHttpClient client = client(sockets, fastFallback);
    String closed;
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = "http://127.0.0.1:" + listener.getLocalPort() + "/";
    }
    CompletableFuture<String> connecting = calls(client, closed, 1).get(0);
    Eventually.holds(() -> sockets.connecting.get() == 1, "the first to connect");
    CompletableFuture<String> waiting = calls(client, closed, 1).get(0);
    Eventually.holds(() -> client.stats().inFlight() == 2, "both on their threads");
    connecting.cancel(true);
    ConnectionError error = failure(waiting, ConnectionError.class);
    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.CONNECT);
    assertThat(error).hasMessageContaining("Failed to connect to");
  }

  @Test
  void manyCallsAtOnceToAnHttp2HostShareOneConnection() throws Exception {
    MockWebServer server = wire.closing(new MockWebServer());
    server.useHttps(TestCertificates.trusted().getSocketFactory());
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder()
                .body(String.valueOf(request.getConnectionIndex()))
                .build();
          }
        });
    server.start();
    AsyncHttpClient client =
        wire.adopt(
            AsyncHttpClient.builder()
                .okHttp(ClientsAndServers.trusting().build())
                .maxConcurrency(1_000)
                .maxConcurrencyPerHost(1_000)
                .maxConnecting(8)
                .build());
    List<CompletableFuture<String>> calls = calls(client, server.url("/").toString(), 1_000);
    assertThat(calls).allSatisfy(call -> assertThat(Integer.parseInt(value(call))).isLessThan(8));
    wire.closing(() -> client.close());
  }

  @Test
  void hostThatTakesConnectionsIsGivenMoreAtATimeAndOneThatFailsFewer() {
    ScriptedServer server = wire.server(Scripts.stall());
    GatedSockets gate = new GatedSockets();
    OkHttpClient own = new OkHttpClient.Builder().socketFactory(gate).build();
    AsyncHttpClient client =
        wire.client(builder -> builder.okHttp(own).maxConcurrency(400).maxConcurrencyPerHost(400));
    calls(client, server.url("/"), 400);
    Eventually.holds(() -> gate.connecting.get() == 64, "64 to connect");

    gate.open.release(64);
    Eventually.holds(() -> gate.connecting.get() == 128, "twice as many");

    gate.broken = true;
    gate.open.release(128);
    Eventually.holds(() -> gate.failed.get() == 128, "all to fail");
    Eventually.holds(() -> gate.connecting.get() == 64, "half as many");
    wire.finallyDo(() -> gate.open.release(1_000));
  }

  @Test
  void thoseThatAreGivenUpSayNothingOfTheHost() {
    StuckSockets sockets = new StuckSockets(any -> true);
    OkHttpClient own = new OkHttpClient.Builder().socketFactory(sockets).build();
    AsyncHttpClient client =
        wire.client(builder -> builder.okHttp(own).maxConcurrency(200).maxConcurrencyPerHost(200));
    String url = "http://127.0.0.1:9/";
    List<CompletableFuture<String>> all = calls(client, url, 64);
    Eventually.holds(() -> sockets.begun.size() == 64, "64 to connect");

    // As long as one connects, the host is known.
    all.subList(1, 64).forEach(call -> call.cancel(true));
    calls(client, url, 100);

    Eventually.holds(() -> sockets.begun.size() == 127, "63 in their place");
  }

  @Test
  void connectTimeoutHalvesHowManyConnect() {
    StuckSockets sockets = new StuckSockets(any -> true);
    OkHttpClient own = new OkHttpClient.Builder().socketFactory(sockets).build();
    Duration limit = Duration.ofMillis(500);
    AsyncHttpClient client =
        wire.client(builder -> builder.okHttp(own).maxConnecting(2).connectTimeout(limit));

    for (CompletableFuture<String> call : calls(client, "http://127.0.0.1:9/", 4)) {
      FetchTimeoutError error = failure(call, FetchTimeoutError.class);
      assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.CONNECT);
    }

    // The last one had to wait until the one before had failed too.
    Duration between = Duration.ofNanos(sockets.begun.get(3) - sockets.begun.get(2));
    assertThat(between).isGreaterThan(limit.dividedBy(5));
  }

  @Test
  void noneAtATimeIsRefused() {
    assertThatThrownBy(() -> AsyncHttpClient.builder().maxConnecting(0))
        .hasMessage("maxConnecting: 0 (expected: >= 1)");
  }

  private AsyncHttpClient client(SocketFactory sockets, boolean fastFallback) {
    OkHttpClient own =
        new OkHttpClient.Builder().socketFactory(sockets).fastFallback(fastFallback).build();
    wire.closing(() -> own.connectionPool().evictAll());
    return wire.client(builder -> builder.okHttp(own).maxConnecting(1));
  }

  /** Its sockets connect, or fail, when they are let: who waits longest first. */
  private static final class GatedSockets extends UnconnectedSockets {

    private final Semaphore open = new Semaphore(0, true);
    private final AtomicInteger connecting = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private volatile boolean broken;

    @Override
    public Socket createSocket() {
      return new Socket() {

        @Override
        public void connect(SocketAddress target, int timeout) throws IOException {
          connecting.incrementAndGet();
          open.acquireUninterruptibly();
          connecting.decrementAndGet();
          if (broken) {
            failed.incrementAndGet();
            throw new IOException("broken");
          }
          super.connect(target, timeout);
        }
      };
    }
  }

  /** Some of its sockets, by their number from 1, connect until they are closed. */
  private static final class StuckSockets extends UnconnectedSockets {

    private final IntPredicate stuck;

    /** When each began, in nanoseconds. */
    private final List<Long> begun = new CopyOnWriteArrayList<>();

    private final AtomicInteger connecting = new AtomicInteger();

    private StuckSockets(IntPredicate stuck) {
      this.stuck = stuck;
    }

    @Override
    public Socket createSocket() {
      return new Socket() {
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public void connect(SocketAddress target, int timeout) throws IOException {
          begun.add(System.nanoTime());
          if (stuck.test(connecting.incrementAndGet())) {
            try {
              closed.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            throw new IOException("closed");
          }
          super.connect(target, timeout);
        }

        @Override
        public synchronized void close() throws IOException {
          closed.countDown();
          super.close();
        }
      };
    }
  }

  /** OkHttp uses none of the other methods. */
  private abstract static class UnconnectedSockets extends SocketFactory {

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }
  }
}
