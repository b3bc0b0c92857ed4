package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.NioServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Joins and leaves flights at all moments, from several threads, while the server changes. */
@Tag("stress")
@Timeout(120)
class SingleFlightStressTest {

  private static final int THREADS = 4;
  private static final int CALLS_OF_EACH = 25_000;
  private static final int PHASE = 1_250;
  private static final int WINDOW = 100;
  private static final int URLS = 8;

  private final AtomicInteger cancelled = new AtomicInteger();
  private final AtomicInteger succeeded = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();

  @Test
  void everyCallEndsAndNothingIsHeldWhenCallersJoinAndLeaveAtRandom() throws Exception {
    RetryPolicy retry =
        RetryPolicy.builder()
            .maxAttempts(2)
            .backoff(Backoff.fixed(Duration.ofMillis(2)))
            .budget(RetryBudget.unlimited())
            .build();
    try (NioServerProcess server = NioServerProcess.start();
        AsyncHttpClient client =
            AsyncHttpClient.builder().retry(retry).singleFlight(true).build()) {
      runAll(client, server);
      Quiet.assertNothingLeft(client);
      assertThat(client.stats().resilience().flights()).isZero();
      assertThat(client.stats().abandoned()).isZero();
      System.out.println(
          "cancelled "
              + cancelled
              + ", succeeded "
              + succeeded
              + ", failed "
              + failed
              + ", joined "
              + client.stats().resilience().joined()
              + ", attempts "
              + client.stats().attempts());
      assertThat(client.stats().resilience().joined()).isGreaterThan(THREADS * CALLS_OF_EACH / 4);
      server.release();
      assertThat(client.getString(server.url("/0")).get(5, TimeUnit.SECONDS)).contains("ok");
    }
    assertThat(cancelled).hasValueGreaterThan(THREADS * CALLS_OF_EACH / 20);
    assertThat(succeeded).hasValueGreaterThan(THREADS * CALLS_OF_EACH / 20);
    assertThat(cancelled.get() + succeeded.get() + failed.get()).isEqualTo(THREADS * CALLS_OF_EACH);
  }

  private void runAll(AsyncHttpClient client, NioServerProcess server) throws Exception {
    List<CompletableFuture<Void>> runs = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      CompletableFuture<Void> run = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  run(client, server, number);
                  run.complete(null);
                } catch (Throwable thrown) {
                  run.completeExceptionally(thrown);
                }
              });
      thread.setDaemon(true);
      thread.start();
      runs.add(run);
    }
    CompletableFuture.allOf(runs.toArray(CompletableFuture[]::new)).get(100, TimeUnit.SECONDS);
  }

  private void run(AsyncHttpClient client, NioServerProcess server, int number) throws Exception {
    Random random = new Random(number);
    CompletableFuture<?>[] window = new CompletableFuture<?>[WINDOW];
    CompletableFuture<?>[] ended = new CompletableFuture<?>[CALLS_OF_EACH];
    for (int i = 0; i < CALLS_OF_EACH; i++) {
      if (number == 0 && i % PHASE == 0) {
        changeServer(server, i / PHASE);
      }
      CompletableFuture<?> call = call(client.get(server.url("/" + random.nextInt(URLS))), random);
      ended[i] = call.handle((value, thrown) -> count(thrown));
      int place = random.nextInt(WINDOW);
      if (window[place] != null) {
        window[place].cancel(false);
      }
      window[place] = call;
    }
    for (CompletableFuture<?> call : window) {
      if (call != null) {
        call.cancel(false);
      }
    }
    CompletableFuture.allOf(ended).get(60, TimeUnit.SECONDS);
  }

  private static CompletableFuture<?> call(RequestSpec request, Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> request.asBytes();
      case 1 -> request.asResponse();
      case 2 -> request.timeout(Duration.ofMillis(1 + random.nextInt(20))).asString();
      case 3 -> request.as(response -> response.text().length());
      default -> request.asString();
    };
  }

  /** By turns it answers, fails so that calls wait for a retry, and stays silent. */
  private static void changeServer(NioServerProcess server, int phase) {
    switch (phase % 4) {
      case 0, 2 -> server.release();
      case 1 -> server.unavailable();
      default -> server.stall();
    }
  }

  private int count(Throwable thrown) {
    if (thrown == null) {
      return succeeded.incrementAndGet();
    }
    if (thrown instanceof CancellationException) {
      return cancelled.incrementAndGet();
    }
    assertThat(thrown).isInstanceOf(FetchError.class);
    return failed.incrementAndGet();
  }
}
