package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.NioServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * More calls at once to a host without a connection than the kernel lets wait to be accepted; the
 * time to connect is the standard one.
 */
@Tag("stress")
@Timeout(90)
class ConnectStormStressTest {

  private static final int CALLS = 8_000;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void coldHostIsNotStormed() {
    try (NioServerProcess server = NioServerProcess.start();
        AsyncHttpClient client = client()) {
      long start = System.nanoTime();
      List<CompletableFuture<String>> calls = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        calls.add(client.get(server.url("/")).noRetry().asString());
      }
      for (CompletableFuture<String> call : calls) {
        assertThat(Awaited.ending(call, LIMIT)).isNull();
      }
      long millis = (System.nanoTime() - start) / 1_000_000;
      System.out.println(
          CALLS
              + " calls at once to a cold host took "
              + millis
              + " ms and "
              + server.statistics().acceptedConnections()
              + " connections");
      Quiet.assertNothingLeft(client);
    }
  }

  private static AsyncHttpClient client() {
    return AsyncHttpClient.builder()
        .maxConcurrency(CALLS)
        .maxConcurrencyPerHost(CALLS)
        .timeout(LIMIT)
        .attemptTimeout(LIMIT)
        .build();
  }
}
