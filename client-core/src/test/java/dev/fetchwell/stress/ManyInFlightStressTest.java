package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.NioServerProcess;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As many calls at once as one machine's loopback has ports and descriptors for. */
@Tag("stress")
@Timeout(90)
class ManyInFlightStressTest {

  private static final int CALLS = Runtime.version().feature() >= 24 ? 10_000 : 2_000;

  @Test
  void allCallsInFlightToOneHostComplete() throws Exception {
    assertThat(Runtime.getRuntime().maxMemory())
        .as("the stress profile's heap")
        .isLessThanOrEqualTo(512L << 20);
    try (NioServerProcess server = NioServerProcess.start();
        AsyncHttpClient client = client()) {
      server.hold(CALLS);
      long start = System.nanoTime();
      CompletableFuture<?>[] calls = new CompletableFuture<?>[CALLS];
      for (int i = 0; i < CALLS; i++) {
        calls[i] = client.getString(server.url("/"));
      }
      CompletableFuture.allOf(calls).get(60, TimeUnit.SECONDS);
      long millis = (System.nanoTime() - start) / 1_000_000;

      System.out.println(CALLS + " calls at once took " + millis + " ms");
      assertThat(server.statistics().maxConcurrency()).isEqualTo(CALLS);
      assertThat(server.statistics().requests()).isEqualTo(CALLS);
      Quiet.assertNothingLeft(client);
    }
  }

  private static AsyncHttpClient client() {
    return AsyncHttpClient.builder()
        .maxConcurrency(CALLS)
        .maxConcurrencyPerHost(CALLS)
        .timeout(Duration.ofSeconds(60))
        .attemptTimeout(Duration.ofSeconds(60))
        .build();
  }
}
