package dev.fetchwell.batch;

import static dev.fetchwell.testkit.Eventually.holds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** A call that waits for a permit must not get that of one that was cancelled together with it. */
@Timeout(60)
class CancelOrderTest {

  private static final int CALLS = 200;

  @RepeatedTest(5)
  void callsThatWaitAreNotSentWhenTheirBatchIsCancelled() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.stall());
        AsyncHttpClient client = oneAtATime(server)) {
      List<String> paths = IntStream.range(0, CALLS).mapToObj(i -> "/" + i).toList();
      CompletableFuture<List<String>> all =
          Batch.of(paths, client::getString).concurrency(CALLS).all();
      awaitOneSent(client, server);

      all.cancel(false);

      Quiet.assertNothingHeld(client, Awaited.LIMIT);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @RepeatedTest(5)
  void callsThatWaitAreNotSentWhenTheirGroupIsClosed() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.stall());
        AsyncHttpClient client = oneAtATime(server)) {
      try (TaskGroup group = TaskGroup.open()) {
        for (int i = 0; i < CALLS; i++) {
          String path = "/" + i;
          CompletableFuture<String> unused = group.fork(() -> client.getString(path));
        }
        awaitOneSent(client, server);
      }

      Quiet.assertNothingHeld(client, Awaited.LIMIT);
      assertThat(server.requests()).hasSize(1);
    }
  }

  private static void awaitOneSent(AsyncHttpClient client, ScriptedServer server) {
    holds(
        () -> client.stats().queued() == CALLS - 1 && server.requests().size() == 1,
        "one call sent, and all others waiting");
  }

  private static AsyncHttpClient oneAtATime(ScriptedServer server) {
    return AsyncHttpClient.builder().baseUrl(server.url("")).maxConcurrency(1).build();
  }
}
