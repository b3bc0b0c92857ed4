package dev.fetchwell.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.NioServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Throws, cancels, retries and closes at random, all at once: every call ends, nothing is left. */
@Tag("stress")
@Timeout(150)
class LivenessStressTest {

  private static final int CALLS = 100_000;
  private static final int ROUNDS = 25;
  private static final int CLIENTS = 4;

  /** So many calls are open before one of them, any, is cancelled. */
  private static final int WINDOW = 200;

  /** Logs what is thrown, some ten thousand times; held here, or it is garbage collected. */
  private static final Logger LOG = Logger.getLogger("dev.fetchwell");

  private final Random random = new Random(20_250_102);
  private final Chaos chaos = new Chaos(20_250_103);
  private final NioServer server = NioServer.start();
  private final ExecutorService dependents = Executors.newFixedThreadPool(2);
  private final AtomicInteger endings = new AtomicInteger();
  private final OkHttpClient own = new OkHttpClient();

  @BeforeEach
  void logNothing() {
    LOG.setLevel(Level.OFF);
  }

  @AfterEach
  void close() {
    LOG.setLevel(null);
    server.close();
    dependents.shutdownNow();
    own.connectionPool().evictAll();
  }

  @Test
  void everyCallEndsOnceAndNothingIsLeft() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      changeServer(round);
      List<AsyncHttpClient> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(i % 2 == 0 ? chaos.client(dependents) : chaos.clientOn(own));
      }
      play(clients);
    }
    Eventually.holds(
        () -> endings.get() >= CALLS, () -> CALLS + " endings, are " + endings, Liveness.LIMIT);
    assertThat(endings).hasValue(CALLS);
    assertThat(chaos.thrown()).isGreaterThan(CALLS / 100);
    Liveness.assertThreadsAtWork(10);
    try (AsyncHttpClient plain = AsyncHttpClient.create()) {
      server.release();
      assertThat(Awaited.value(plain.getString(server.url("/")), Liveness.LIMIT)).contains("ok");
    }
  }

  private void play(List<AsyncHttpClient> clients) throws Exception {
    List<CompletableFuture<?>> calls = new ArrayList<>();
    for (int i = 0; i < CALLS / ROUNDS; i++) {
      AsyncHttpClient client = clients.get(random.nextInt(CLIENTS));
      CompletableFuture<?> call = send(client);
      calls.add(call);
      var unused = call.whenComplete((value, thrown) -> endings.incrementAndGet());
      if (calls.size() > WINDOW) {
        calls.get(calls.size() - 1 - random.nextInt(WINDOW)).cancel(random.nextBoolean());
      }
      if (random.nextInt(10_000) == 0) {
        client.close();
      }
    }
    clients.get(random.nextInt(CLIENTS)).close();
    calls.forEach(Liveness::assertEndsTyped);
    for (AsyncHttpClient client : clients) {
      Quiet.assertNothingHeld(client, Liveness.LIMIT);
      Liveness.assertShutsDown(client, Duration.ofSeconds(2));
    }
  }

  private CompletableFuture<?> send(AsyncHttpClient client) {
    String url = server.url("/");
    return switch (random.nextInt(5)) {
      case 0 -> client.getJson(url, Map.class);
      case 1 -> client.postJson(url, Map.of("a", 1), Map.class);
      case 2 -> client.get(url).asOutcome(Map.class);
      case 3 -> closed(client.get(url).asStream());
      default -> client.getString(url);
    };
  }

  /** Not the dependent: cancelling that must not hide a response from who closes it. */
  private static CompletableFuture<?> closed(CompletableFuture<StreamedResponse> call) {
    var unused = call.thenAccept(StreamedResponse::close);
    return call;
  }

  /** By turns it answers, fails so that calls are retried, and stays silent. */
  private void changeServer(int round) {
    switch (round % 5) {
      case 1 -> server.unavailable();
      case 3 -> server.stall();
      default -> server.release();
    }
  }
}
