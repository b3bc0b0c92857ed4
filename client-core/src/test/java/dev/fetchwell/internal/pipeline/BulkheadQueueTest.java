package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.internal.pipeline.TestCalls.error;
import static dev.fetchwell.internal.pipeline.TestCalls.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.UnexpectedError;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Those who wait for a permit, and those who find no place to wait. */
class BulkheadQueueTest {

  private final BulkheadHarness bulkhead = new BulkheadHarness();

  @Test
  void placeIsReturnedWhenAQueuedCallIsCancelled() {
    bulkhead.start("a");
    bulkhead.start("a");
    CompletableFuture<Reply> queued = bulkhead.send("a");

    queued.cancel(false);

    assertThat(queued).isCancelled();
    assertThat(bulkhead.stage.queued()).isZero();
    bulkhead.completeAll();
    assertThat(bulkhead.next.count()).isEqualTo(2);
    bulkhead.assertAllPermitsAreBack();
  }

  @Test
  void hostPermitIsReturnedWhenACallThatWaitsForTheClientsIsCancelled() {
    bulkhead.start("a");
    bulkhead.start("a");
    bulkhead.start("b");
    CompletableFuture<Reply> queued = bulkhead.send("b");
    queued.cancel(false);
    bulkhead.completeAll();

    assertThat(bulkhead.stage.queued()).isZero();
    bulkhead.assertAllPermitsAreBack();
  }

  @Test
  void queueTimeoutFailsTheCallAndGivesUpItsPlace() {
    bulkhead.start("a");
    bulkhead.start("a");
    CompletableFuture<Reply> queued = bulkhead.sendWithQueueTimeout("a");

    bulkhead.timer.advance(BulkheadHarness.QUEUE.minusMillis(1));
    assertThat(queued).isNotDone();
    bulkhead.timer.advance(Duration.ofMillis(1));

    FetchTimeoutError error = error(queued, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.QUEUE);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(error).hasMessageContaining("waiting for a permit took longer than 2000 ms");
    assertThat(bulkhead.stage.queued()).isZero();
    assertThat(bulkhead.timer.pending()).isZero();
    bulkhead.completeAll();
    bulkhead.assertAllPermitsAreBack();
  }

  @Test
  void queueTimeoutCoversTheWaitsForBothPermitsTogether() {
    bulkhead.start("a");
    bulkhead.start("a");
    bulkhead.start("b");
    CompletableFuture<Reply> queued = bulkhead.sendWithQueueTimeout("a");
    bulkhead.start("c");
    bulkhead.timer.advance(BulkheadHarness.QUEUE.minusMillis(1));
    // The host's permit comes, while the one of all goes to the call that waited for it before.
    bulkhead.next.sent(0).future().complete(reply(200));
    bulkhead.executor.runAll();
    assertThat(queued).isNotDone();

    bulkhead.timer.advance(Duration.ofMillis(1));

    FetchTimeoutError error = error(queued, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.QUEUE);
    assertThat(bulkhead.recorder.events())
        .filteredOn(event -> event.startsWith("queued"))
        .hasSize(2);
    bulkhead.completeAll();
    bulkhead.assertAllPermitsAreBack();
  }

  @Test
  void queueTimeoutIsCancelledWhenThePermitComes() {
    bulkhead.start("a");
    bulkhead.start("a");
    CompletableFuture<Reply> queued = bulkhead.sendWithQueueTimeout("a");
    assertThat(bulkhead.timer.pending()).isEqualTo(1);

    bulkhead.completeAll();

    assertThat(bulkhead.timer.pending()).isZero();
    assertThat(queued).isCompleted();
  }

  @Test
  void callBeyondAllPlacesIsRejectedAtOnceAndNeverSent() {
    for (int i = 0; i < 6; i++) {
      bulkhead.start("a");
    }

    CompletableFuture<Reply> rejected = bulkhead.send("a");

    BulkheadFullError error = error(rejected, BulkheadFullError.class);
    assertThat(error)
        .hasMessageContaining(
            "bulkhead full: all permits of host a and all places in the queue are taken");
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(error.attempts()).isZero();
    assertThat(bulkhead.next.count()).isEqualTo(2);
    bulkhead.completeAll();
    assertThat(bulkhead.next.count()).isEqualTo(6);
    bulkhead.assertAllPermitsAreBack();
  }

  @Test
  void hostPermitIsReturnedWhenTheClientsQueueIsFull() {
    for (int i = 0; i < 3; i++) {
      bulkhead.start(i < 2 ? "a" : "b");
    }
    for (int i = 0; i < 4; i++) {
      bulkhead.start("a");
    }

    CompletableFuture<Reply> rejected = bulkhead.send("c");

    assertThat(error(rejected, BulkheadFullError.class)).hasMessageContaining("of the client");
    bulkhead.completeAll();
    bulkhead.assertAllPermitsAreBack();
    bulkhead.start("c");
    bulkhead.start("c");
    assertThat(bulkhead.stage.inFlight()).isEqualTo(2);
  }

  @Test
  void executorThatRejectsFailsTheQueuedCallAndKeepsThePermits() {
    bulkhead.start("a");
    bulkhead.start("a");
    CompletableFuture<Reply> queued = bulkhead.send("a");
    bulkhead.executor.reject(true);

    bulkhead.next.sent(0).future().complete(reply(200));

    assertThat(error(queued, UnexpectedError.class))
        .hasCauseInstanceOf(RejectedExecutionException.class);
    bulkhead.next.sent(1).future().complete(reply(200));
    bulkhead.assertAllPermitsAreBack();
  }
}
