package dev.fetchwell.liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The knob for how many calls to one host may wait. */
class MaxQueuedPerHostTest {

  private final ScriptedServer dead = ScriptedServer.start(Scripts.stall());

  @AfterEach
  void close() {
    dead.close();
  }

  @Test
  void onlySoManyCallsToOneHostWait() {
    try (AsyncHttpClient client = narrow().maxQueued(20).maxQueuedPerHost(3).build()) {
      List<CompletableFuture<String>> calls = send(client, 8);
      dead.awaitRequests(2);
      Eventually.holds(
          () -> rejected(calls) == 3, () -> "3 rejected, are " + rejected(calls), Liveness.LIMIT);
      assertThat(client.stats().queued()).isEqualTo(3);
    }
  }

  @Test
  void oneHostMayHaveTheWholeQueueIfToldSo() {
    try (AsyncHttpClient client = narrow().maxQueued(20).maxQueuedPerHost(20).build()) {
      List<CompletableFuture<String>> calls = send(client, 22);
      dead.awaitRequests(2);
      assertThat(client.stats().queued()).isEqualTo(20);
      assertThat(rejected(calls)).isZero();
    }
  }

  @Test
  void noCallWaitsIfNoneMay() {
    try (AsyncHttpClient client = narrow().maxQueuedPerHost(0).build()) {
      List<CompletableFuture<String>> calls = send(client, 3);
      dead.awaitRequests(2);
      Eventually.holds(
          () -> rejected(calls) == 1, () -> "1 rejected, are " + rejected(calls), Liveness.LIMIT);
    }
  }

  @Test
  void moreForOneHostThanForAllIsIllegal() {
    AsyncHttpClient.Builder builder = narrow().maxQueued(20).maxQueuedPerHost(21);
    assertThatThrownBy(builder::build).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> narrow().maxQueuedPerHost(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static AsyncHttpClient.Builder narrow() {
    return AsyncHttpClient.builder().maxConcurrencyPerHost(2);
  }

  private List<CompletableFuture<String>> send(AsyncHttpClient client, int calls) {
    return IntStream.range(0, calls).mapToObj(any -> client.getString(dead.url("/"))).toList();
  }

  private static long rejected(List<CompletableFuture<String>> calls) {
    return calls.stream()
        .filter(CompletableFuture::isCompletedExceptionally)
        .filter(call -> Awaited.ending(call, Liveness.LIMIT) instanceof BulkheadFullError)
        .count();
  }
}
