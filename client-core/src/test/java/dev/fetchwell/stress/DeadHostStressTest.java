package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.NioServerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One host accepts and stays silent; another is asked beside it. */
@Tag("stress")
@Timeout(60)
class DeadHostStressTest {

  private static final int CALLS = 4_000;
  private static final int AT_ONCE = 32;
  private static final int ROUNDS = 4;

  /** A host's, by default. */
  private static final int PERMITS = 64;

  private static final int CALLS_TO_DEAD_HOST = 2_000;

  @Test
  void healthyHostKeepsItsSpeed() throws Exception {
    try (NioServerProcess dead = NioServerProcess.start();
        NioServerProcess healthy = NioServerProcess.start();
        AsyncHttpClient client = AsyncHttpClient.create()) {
      dead.stall();
      // OkHttp walks through its whole pool for each call, which would be measured too.
      assertThat(client.stats().openConnections())
          .as("connections that the tests before left in the pool")
          .isLessThan(1_000);
      run(client, healthy);
      long alone = Long.MAX_VALUE;
      long beside = Long.MAX_VALUE;
      for (int round = 0; round < ROUNDS; round++) {
        alone = Math.min(alone, run(client, healthy));
        List<CompletableFuture<String>> stuck = callDeadHost(client, dead);
        beside = Math.min(beside, run(client, healthy));
        assertThat(client.stats().queued()).isEqualTo(CALLS_TO_DEAD_HOST - PERMITS);
        stuck.forEach(call -> call.cancel(false));
        Quiet.assertNothingLeft(client);
      }
      double ratio = (double) beside / alone;
      System.out.println("time beside a dead host, over time alone: " + ratio);
      assertThat(ratio).isLessThan(1.5);
    }
  }

  private static List<CompletableFuture<String>> callDeadHost(
      AsyncHttpClient client, NioServerProcess dead) {
    List<CompletableFuture<String>> stuck = new ArrayList<>();
    for (int i = 0; i < CALLS_TO_DEAD_HOST; i++) {
      stuck.add(client.getString(dead.url("/")));
    }
    Eventually.holds(() -> dead.statistics().inFlight() == PERMITS, "dead host in use");
    return stuck;
  }

  private static long run(AsyncHttpClient client, NioServerProcess server) throws Exception {
    long start = System.nanoTime();
    List<CompletableFuture<Void>> lanes = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      lanes.add(lane(client, server.url("/"), CALLS / AT_ONCE));
    }
    for (CompletableFuture<Void> lane : lanes) {
      lane.get(30, TimeUnit.SECONDS);
    }
    return System.nanoTime() - start;
  }

  /** One call after the other. */
  private static CompletableFuture<Void> lane(AsyncHttpClient client, String url, int calls) {
    return calls == 0
        ? CompletableFuture.completedFuture(null)
        : client.getString(url).thenCompose(body -> lane(client, url, calls - 1));
  }
}
