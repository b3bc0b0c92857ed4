package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.NioServerProcess;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client closes with much to do. */
@Tag("stress")
@Timeout(60)
class CloseStressTest {

  private static final int RUNNING = 1_000;
  private static final int QUEUED = 10_000;

  /** Tries, as a machine that is busy with other things gives this process little of a second. */
  private static final int ROUNDS = 8;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void allCallsEndWithinASecond() throws Exception {
    long fastest = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && fastest >= SECOND; round++) {
      try (NioServerProcess server = NioServerProcess.start()) {
        server.stall();
        fastest = Math.min(fastest, closeFullClient(server));
      }
    }
    System.out.println("all ended " + fastest + " ns after close");
    assertThat(fastest).isLessThan(SECOND);
  }

  /** Returns the time in nanoseconds until all calls have ended. */
  private static long closeFullClient(NioServerProcess server) throws Exception {
    AsyncHttpClient client = client();
    CompletableFuture<?>[] ended = new CompletableFuture<?>[RUNNING + QUEUED];
    for (int i = 0; i < ended.length; i++) {
      ended[i] = client.getString(server.url("/")).handle((body, thrown) -> thrown);
    }
    Eventually.holds(() -> server.statistics().inFlight() == RUNNING, "all running");
    assertThat(client.stats().queued()).isEqualTo(QUEUED);

    long start = System.nanoTime();
    client.close();
    CompletableFuture.allOf(ended).get(20, TimeUnit.SECONDS);
    long took = System.nanoTime() - start;

    assertThat(ended)
        .allSatisfy(
            end ->
                assertThat(end.join())
                    .isInstanceOfAny(ClientClosedError.class, CancellationException.class));
    Quiet.assertNothingLeft(client);
    Eventually.holds(() -> server.statistics().openConnections() == 0, "server sees all gone");
    assertThat(server.statistics().requests()).as("nothing sent after close").isEqualTo(RUNNING);
    return took;
  }

  private static AsyncHttpClient client() {
    return AsyncHttpClient.builder()
        .maxConcurrency(RUNNING)
        .maxConcurrencyPerHost(RUNNING)
        .maxQueued(QUEUED)
        .maxQueuedPerHost(QUEUED)
        .timeout(Duration.ofSeconds(50))
        .attemptTimeout(Duration.ofSeconds(50))
        .connectTimeout(Duration.ofSeconds(20))
        .build();
  }
}
