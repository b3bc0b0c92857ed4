package dev.fetchwell.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A thread that was interrupted may still have to send something, such as "I am leaving". */
class InterruptedCallerTest {

  private final ScriptedServer server = ScriptedServer.start(Scripts.json("1"));
  private final AsyncHttpClient client = AsyncHttpClient.builder().maxConcurrency(1).build();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void callOfAnInterruptedThreadSucceedsAndTheThreadStaysInterrupted() {
    assertSucceeds(url -> client.getString(url));
  }

  @Test
  void jsonCallOfAnInterruptedThreadSucceeds() {
    assertSucceeds(url -> client.postJson(url, "text", Integer.class));
  }

  @Test
  void queuedCallOfAnInterruptedThreadSucceeds() {
    try (ScriptedServer silent = ScriptedServer.start(Scripts.stall())) {
      CompletableFuture<String> first = client.getString(silent.url("/"));
      silent.awaitRequests(1);
      assertSucceeds(
          url -> {
            CompletableFuture<String> queued = client.getString(url);
            assertThat(client.stats().queued()).isEqualTo(1);
            first.cancel(true);
            return queued;
          });
    }
  }

  /** The call reuses a connection, and a permit that was taken before. */
  @Test
  void secondCallOfAnInterruptedThreadSucceeds() {
    assertSucceeds(url -> client.getString(url));
    assertSucceeds(url -> client.getString(url));
  }

  private void assertSucceeds(Function<String, CompletableFuture<?>> send) {
    CompletableFuture<?> call;
    boolean interrupted;
    Thread.currentThread().interrupt();
    try {
      call = send.apply(server.url("/"));
    } finally {
      // Taken off here: the test itself has to wait.
      interrupted = Thread.interrupted();
    }
    assertThat(Awaited.ending(call, Liveness.LIMIT)).isNull();
    assertThat(interrupted).as("whether the flag was still set").isTrue();
    Quiet.assertNothingHeld(client, Liveness.LIMIT);
  }
}
