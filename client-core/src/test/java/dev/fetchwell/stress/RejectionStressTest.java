package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.NioServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Far more calls than fit, on a server that does not answer. */
@Tag("stress")
@Timeout(60)
class RejectionStressTest {

  private static final int SUBMITS = 100_000;
  private static final int PERMITS = 64;
  private static final int PLACES = 1_000;

  @Test
  void whatDoesNotFitIsRejectedBeforeTheSubmitReturns() throws Exception {
    try (NioServerProcess server = NioServerProcess.start();
        AsyncHttpClient client = client()) {
      server.stall();
      List<CompletableFuture<JsonNode>> accepted = new ArrayList<>();
      long[] nanos = new long[SUBMITS];
      List<CompletableFuture<JsonNode>> rejected = new ArrayList<>();
      for (int i = 0; i < SUBMITS; i++) {
        long start = System.nanoTime();
        CompletableFuture<JsonNode> call = client.getJson(server.url("/"));
        nanos[i] = System.nanoTime() - start;
        (call.isDone() ? rejected : accepted).add(call);
      }

      assertThat(accepted).hasSize(PERMITS + PLACES);
      assertThat(rejected)
          .allSatisfy(
              call ->
                  assertThat(call.handle((body, thrown) -> thrown).join())
                      .isInstanceOf(BulkheadFullError.class));
      assertThat(client.stats().inFlight()).isEqualTo(PERMITS);
      assertThat(client.stats().queued()).isEqualTo(PLACES);
      assertMicroseconds(nanos);
      assertThat(server.statistics().requests()).isLessThanOrEqualTo(PERMITS);

      server.release();
      for (CompletableFuture<JsonNode> call : accepted) {
        assertThat(call.get(10, TimeUnit.SECONDS).get("ok").asBoolean()).isTrue();
      }
      Quiet.assertNothingLeft(client);
    }
  }

  /** Far above what is measured on an idle machine, far below any wait for the network. */
  private static void assertMicroseconds(long[] nanos) {
    Arrays.sort(nanos);
    long median = nanos[SUBMITS / 2];
    long p99 = nanos[SUBMITS / 100 * 99];
    System.out.println("submit: median " + median + " ns, p99 " + p99 + " ns");
    assertThat(median).isLessThan(200_000);
    assertThat(p99).isLessThan(2_000_000);
  }

  private static AsyncHttpClient client() {
    return AsyncHttpClient.builder()
        .maxConcurrency(PERMITS)
        .maxConcurrencyPerHost(PERMITS)
        .maxQueued(PLACES)
        .maxQueuedPerHost(PLACES)
        .timeout(Duration.ofSeconds(50))
        .attemptTimeout(Duration.ofSeconds(50))
        .connectTimeout(Duration.ofSeconds(20))
        .build();
  }
}
