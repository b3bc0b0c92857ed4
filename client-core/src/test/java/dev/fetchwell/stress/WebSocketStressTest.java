package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.WebSocketPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads send over a socket whose server resets it again and again. */
@Tag("stress")
@Timeout(120)
class WebSocketStressTest {

  private static final int THREADS = 8;
  private static final int EACH = 1_500;

  private final Map<String, AtomicInteger> received = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<?>> sent = new ConcurrentHashMap<>();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everySendEndsAndSaysWhatBecameOfIt(boolean resent) throws Exception {
    Random random = new Random(1);
    ScriptedServer server =
        ScriptedServer.start(
            exchange -> {
              WebSocketPeer peer = WebSocketPeer.accept(exchange);
              int frames = 1 + random.nextInt(400);
              for (int i = 0; i < frames; i++) {
                WebSocketPeer.Frame frame = peer.nextMessage();
                if (frame.opcode() == WebSocketPeer.CLOSE) {
                  peer.close(frame.code());
                  return;
                }
                received
                    .computeIfAbsent(frame.text(), key -> new AtomicInteger())
                    .incrementAndGet();
              }
              exchange.reset();
            });
    AsyncHttpClient client = AsyncHttpClient.create();
    AtomicInteger opened = new AtomicInteger();
    ReconnectingWebSocket socket =
        ReconnectingWebSocket.builder(client, server.url("/"))
            .backoff(Backoff.fixed(Duration.ofMillis(1)))
            .resendOnReconnect(resent)
            .maxQueued(100_000)
            .onOpen(each -> opened.incrementAndGet())
            .connect();

    send(socket);

    int lost = 0;
    for (Map.Entry<String, CompletableFuture<?>> each : sent.entrySet()) {
      Throwable thrown = Awaited.ending(each.getValue(), Duration.ofSeconds(60));
      lost += check(each.getKey(), thrown, resent) ? 0 : 1;
    }
    System.out.println(
        opened + " connections, " + received.size() + " received, " + lost + " failed");
    assertThat(opened.get()).isGreaterThan(10);
    assertThat(Awaited.ending(socket.stop(Duration.ofSeconds(5)), Duration.ofSeconds(10))).isNull();
    Quiet.assertNothingLeft(client);
    client.close();
    Eventually.holds(() -> server.openConnections() == 0, "the server to see none");
    server.close();
  }

  private void send(ReconnectingWebSocket socket) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    for (int t = 0; t < THREADS; t++) {
      int thread = t;
      threads.execute(
          () -> {
            List<CompletableFuture<?>> window = new ArrayList<>();
            for (int i = 0; i < EACH; i++) {
              String text = thread + "-" + i;
              CompletableFuture<?> future = socket.send(text);
              sent.put(text, future);
              window.add(future);
              if (window.size() == 20) {
                window.forEach(each -> Awaited.ending(each, Duration.ofSeconds(60)));
                window.clear();
              }
            }
          });
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(100, TimeUnit.SECONDS)).isTrue();
  }

  /** Whether it was sent. */
  private boolean check(String text, @Nullable Throwable thrown, boolean resent) {
    int times = received.containsKey(text) ? received.get(text).get() : 0;
    FetchError error = FetchError.of(thrown);
    assertThat(error instanceof BulkheadFullError).as(text).isFalse();
    if (resent) {
      // The one that was under way at a cut may come twice.
      assertThat(thrown).as(text).isNull();
      assertThat(times).as(text).isLessThanOrEqualTo(2);
    } else {
      assertThat(times).as(text).isLessThanOrEqualTo(1);
      if (error != null && !error.mayHaveBeenProcessed()) {
        assertThat(times).as(text).isZero();
      }
    }
    return thrown == null;
  }
}
