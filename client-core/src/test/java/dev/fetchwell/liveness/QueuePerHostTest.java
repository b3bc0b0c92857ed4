package dev.fetchwell.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A host that does not answer may fill its own half of the queue, not that of the others. */
class QueuePerHostTest {

  private static final int PER_HOST = 2;

  private final ScriptedServer dead = ScriptedServer.start(Scripts.stall());
  private final ScriptedServer healthy = ScriptedServer.start(Scripts.respond(200, "ok"));
  private final AsyncHttpClient client =
      AsyncHttpClient.builder().maxConcurrencyPerHost(PER_HOST).maxQueued(20).build();

  @AfterEach
  void close() {
    client.close();
    dead.close();
    healthy.close();
  }

  @Test
  void backlogOfADeadHostLeavesPlacesForAHealthyOne() {
    List<CompletableFuture<String>> backlog = send(dead, 40);
    dead.awaitRequests(PER_HOST);
    Eventually.holds(
        () -> rejected(backlog) == 28,
        () -> "28 rejected, are " + rejected(backlog),
        Liveness.LIMIT);
    assertThat(client.stats().queued()).isEqualTo(10);
    assertThat(client.stats().inFlight()).isEqualTo(PER_HOST);

    // Two run and ten wait, which is all that one host may have.
    List<CompletableFuture<String>> others = send(healthy, PER_HOST + 10);
    others.forEach(call -> assertThat(Awaited.value(call, Liveness.LIMIT)).isEqualTo("ok"));

    backlog.forEach(call -> call.cancel(true));
    Quiet.assertNothingHeld(client, Liveness.LIMIT);
  }

  @Test
  void placesOfADeadHostsBacklogAreGivenBack() {
    for (int round = 0; round < 3; round++) {
      // A permit may still be on its way to a waiter that was cancelled the round before.
      Eventually.holds(
          this::fillsUp, () -> "2 running and 10 waiting, is " + client.stats(), Liveness.LIMIT);
    }
  }

  private boolean fillsUp() {
    List<CompletableFuture<String>> backlog = send(dead, 12);
    boolean full = client.stats().queued() == 10 && rejected(backlog) == 0;
    backlog.forEach(call -> call.cancel(true));
    Quiet.assertNothingHeld(client, Liveness.LIMIT);
    return full;
  }

  private List<CompletableFuture<String>> send(ScriptedServer server, int calls) {
    return IntStream.range(0, calls).mapToObj(any -> client.getString(server.url("/"))).toList();
  }

  private static long rejected(List<CompletableFuture<String>> calls) {
    return calls.stream()
        .filter(CompletableFuture::isCompletedExceptionally)
        .filter(call -> Awaited.ending(call, Liveness.LIMIT) instanceof BulkheadFullError)
        .count();
  }
}
