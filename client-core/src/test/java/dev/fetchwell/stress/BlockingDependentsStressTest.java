package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.NioServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers do in dependents what they should not; the client goes on all the same. */
@Tag("stress")
@Timeout(60)
class BlockingDependentsStressTest {

  private static final int CALLERS = 500;
  private static final int PERMITS = 2;

  /** No dependent returns before all calls have ended. */
  @Test
  void dependentsThatBlockHoldNoPermit() throws Exception {
    try (NioServer server = NioServer.start();
        AsyncHttpClient client = client()) {
      // A call that had ended already would run its dependent here, and block the others' start.
      server.stall();
      CountDownLatch all = new CountDownLatch(CALLERS);
      List<CompletableFuture<Boolean>> calls = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        calls.add(
            client
                .getString(server.url("/"))
                .thenApply(
                    body -> {
                      all.countDown();
                      return awaited(all);
                    }));
      }
      server.release();
      for (CompletableFuture<Boolean> call : calls) {
        assertThat(call.get(30, TimeUnit.SECONDS)).isTrue();
      }
      Quiet.assertNothingLeft(client);
    }
  }

  @Test
  void dependentsThatJoinFurtherCallsAreAnswered() throws Exception {
    try (NioServer server = NioServer.start();
        AsyncHttpClient client = client()) {
      List<CompletableFuture<String>> calls = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        String url = server.url("/");
        calls.add(client.getString(url).thenApply(body -> nested(client, url, 3)));
      }
      for (CompletableFuture<String> call : calls) {
        assertThat(call.get(30, TimeUnit.SECONDS)).contains("ok");
      }
      assertThat(server.statistics().requests()).isEqualTo(CALLERS * 4L);
      assertThat(server.statistics().maxConcurrency()).isLessThanOrEqualTo(PERMITS);
      Quiet.assertNothingLeft(client);
    }
  }

  private static String nested(AsyncHttpClient client, String url, int depth) {
    CompletableFuture<String> call = client.getString(url);
    return depth == 1 ? call.join() : call.thenApply(body -> nested(client, url, depth - 1)).join();
  }

  private static AsyncHttpClient client() {
    return AsyncHttpClient.builder().maxConcurrency(PERMITS).build();
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
