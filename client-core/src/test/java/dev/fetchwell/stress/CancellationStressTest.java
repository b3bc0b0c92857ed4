package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.NioServerProcess;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Cancels calls wherever they are: queued, connecting, reading, waiting for a retry, or done. */
@Tag("stress")
@Timeout(90)
class CancellationStressTest {

  private static final int CALLS = 100_000;
  private static final int PHASE = 5_000;

  /** So many calls are open before one of them, any, is cancelled. */
  private static final int WINDOW = 300;

  private final AtomicInteger cancelled = new AtomicInteger();
  private final AtomicInteger succeeded = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();

  @Test
  void nothingIsHeldAfterCallsAreCancelledAtRandomMoments() throws Exception {
    RetryPolicy retry =
        RetryPolicy.builder()
            .maxAttempts(3)
            .backoff(Backoff.fixed(Duration.ofMillis(2)))
            .budget(RetryBudget.unlimited())
            .build();
    try (NioServerProcess server = NioServerProcess.start();
        AsyncHttpClient client = AsyncHttpClient.builder().retry(retry).build()) {
      cancelAtRandom(client, server);
      Quiet.assertNothingLeft(client);

      server.release();
      assertThat(client.getString(server.url("/")).get(5, TimeUnit.SECONDS)).contains("ok");
      Quiet.assertNothingLeft(client);
    }
    System.out.println(
        "cancelled " + cancelled + ", succeeded " + succeeded + ", failed " + failed);
    assertThat(cancelled).hasValueGreaterThan(CALLS / 10);
    assertThat(cancelled.get() + succeeded.get() + failed.get()).isEqualTo(CALLS);
  }

  private void cancelAtRandom(AsyncHttpClient client, NioServerProcess server) throws Exception {
    Random random = new Random(20_250_101);
    CompletableFuture<?>[] window = new CompletableFuture<?>[WINDOW];
    CompletableFuture<?>[] ended = new CompletableFuture<?>[CALLS];
    for (int i = 0; i < CALLS; i++) {
      if (i % PHASE == 0) {
        changeServer(server, i / PHASE);
      }
      CompletableFuture<String> call = client.getString(server.url("/"));
      ended[i] = call.handle(this::count);
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
    CompletableFuture.allOf(ended).get(30, TimeUnit.SECONDS);
  }

  /** By turns it answers, fails so that calls wait for a retry, and stays silent. */
  private static void changeServer(NioServerProcess server, int phase) {
    switch (phase % 3) {
      case 0 -> server.release();
      case 1 -> server.unavailable();
      default -> server.stall();
    }
  }

  private int count(String value, Throwable thrown) {
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
