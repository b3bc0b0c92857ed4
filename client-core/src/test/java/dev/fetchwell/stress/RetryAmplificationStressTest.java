package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Outcome;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.NioServerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** A server in trouble is not buried under retries. */
@Tag("stress")
@Timeout(60)
class RetryAmplificationStressTest {

  private static final int CALLS = 1_200;
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  @Test
  void failingServerSeesAtMostAFifthMoreRequestsThanCalls() throws Exception {
    try (NioServerProcess server = NioServerProcess.start();
        AsyncHttpClient client = AsyncHttpClient.create()) {
      server.unavailable();
      List<CompletableFuture<Outcome<JsonNode>>> calls = new ArrayList<>();
      long start = System.nanoTime();
      for (int i = 0; i < CALLS; i++) {
        long due = start + i * INTERVAL_NANOS;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        calls.add(client.get(server.url("/")).asOutcome(JsonNode.class));
      }
      for (CompletableFuture<Outcome<JsonNode>> call : calls) {
        assertThat(call.get(15, TimeUnit.SECONDS))
            .isInstanceOfSatisfying(
                Outcome.Failure.class,
                failure -> assertThat(failure.error()).isInstanceOf(ServerStatusError.class));
      }

      double perCall = (double) server.statistics().requests() / CALLS;
      System.out.println("requests per call: " + perCall);
      assertThat(perCall).isBetween(1.01, 1.2);
      assertThat(client.stats().attempts()).isEqualTo(server.statistics().requests());
      Quiet.assertNothingLeft(client);
    }
  }
}
