package dev.fetchwell.internal.pipeline.permits;

import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Those who wait for a permit, and those who find no place to wait. */
class PermitQueueTest {

  private final PermitsHarness harness = new PermitsHarness();

  @Test
  void placeIsReturnedWhenAQueuedCallIsCancelled() {
    harness.start("a");
    harness.start("a");
    CompletableFuture<Reply> queued = harness.send("a");

    queued.cancel(false);

    assertThat(queued).isCancelled();
    assertThat(harness.permits.queued()).isZero();
    harness.completeAll();
    assertThat(harness.next.count()).isEqualTo(2);
    harness.assertAllPermitsAreBack();
  }

  @Test
  void hostPermitIsReturnedWhenACallThatWaitsForTheClientsIsCancelled() {
    harness.start("a");
    harness.start("a");
    harness.start("b");
    CompletableFuture<Reply> queued = harness.send("b");
    queued.cancel(false);
    harness.completeAll();

    assertThat(harness.permits.queued()).isZero();
    harness.assertAllPermitsAreBack();
  }

  @Test
  void queueTimeoutFailsTheCallAndGivesUpItsPlace() {
    harness.start("a");
    harness.start("a");
    CompletableFuture<Reply> queued = harness.sendWithQueueTimeout("a");

    harness.timer.advance(PermitsHarness.QUEUE.minusMillis(1));
    assertThat(queued).isNotDone();
    harness.timer.advance(Duration.ofMillis(1));

    FetchTimeoutError error = failure(queued, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.QUEUE);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(error).hasMessageContaining("waiting for a permit took longer than 2000 ms");
    assertThat(harness.permits.queued()).isZero();
    assertThat(harness.timer.pending()).isZero();
    harness.completeAll();
    harness.assertAllPermitsAreBack();
  }

  @Test
  void queueTimeoutCoversTheWaitsForBothPermitsTogether() {
    harness.start("a");
    harness.start("a");
    harness.start("b");
    CompletableFuture<Reply> queued = harness.sendWithQueueTimeout("a");
    harness.start("c");
    harness.timer.advance(PermitsHarness.QUEUE.minusMillis(1));
    // The host's permit comes, while the one of all goes to the call that waited for it before.
    harness.next.sent(0).future().complete(reply(200));
    harness.executor.runAll();
    assertThat(queued).isNotDone();

    harness.timer.advance(Duration.ofMillis(1));

    FetchTimeoutError error = failure(queued, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.QUEUE);
    assertThat(harness.recorder.events())
        .filteredOn(event -> event.startsWith("queued"))
        .hasSize(2);
    harness.completeAll();
    harness.assertAllPermitsAreBack();
  }

  @Test
  void queueTimeoutIsCancelledWhenThePermitComes() {
    harness.start("a");
    harness.start("a");
    CompletableFuture<Reply> queued = harness.sendWithQueueTimeout("a");
    assertThat(harness.timer.pending()).isEqualTo(1);

    harness.completeAll();

    assertThat(harness.timer.pending()).isZero();
    assertThat(queued).isCompleted();
  }

  @Test
  void queueTimeoutDoesNotLimitTheExchange() {
    harness.start("a", 2);
    CompletableFuture<Reply> queued = harness.sendWithQueueTimeout("a");
    harness.next.sent(0).future().complete(reply(200));
    harness.executor.runAll();
    assertThat(harness.next.count()).isEqualTo(3);
    assertThat(harness.timer.pending()).isZero();

    harness.timer.advance(PermitsHarness.QUEUE);

    assertThat(queued).isNotDone();
    harness.completeAll();
    assertThat(queued).isCompleted();
  }

  @Test
  void waitForPermitsIsMeasured() {
    List<Duration> waits = new ArrayList<>();
    CallListener listener =
        new CallListener() {
          @Override
          public void callEnded(CallEnded event) {
            waits.add(event.queueTime());
          }
        };
    harness.start("a", 2);
    harness.start("b");
    CallContext context = harness.context("a", listener);
    CompletableFuture<Reply> queued = harness.send(context);
    harness.start("c");
    harness.timer.advance(Duration.ofSeconds(3));
    harness.next.sent(0).future().complete(reply(200));
    harness.executor.runAll();
    assertThat(harness.next.last().request().host()).isEqualTo("c");
    harness.timer.advance(Duration.ofSeconds(2));
    harness.next.sent(1).future().complete(reply(200));
    harness.executor.runAll();
    harness.timer.advance(Duration.ofSeconds(7));

    harness.completeAll();
    context.events().callEnded(context, null);

    assertThat(queued).isCompleted();
    assertThat(waits).containsExactly(Duration.ofSeconds(5));
  }

  @Test
  void callBeyondAllPlacesIsRejectedAtOnceAndNeverSent() {
    for (int i = 0; i < 6; i++) {
      harness.start("a");
    }

    CompletableFuture<Reply> rejected = harness.send("a");

    BulkheadFullError error = failure(rejected, BulkheadFullError.class);
    assertThat(error)
        .hasMessageContaining(
            "bulkhead full: all permits of host a and all places in its queue are taken");
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(error.attempts()).isZero();
    assertThat(harness.next.count()).isEqualTo(2);
    harness.completeAll();
    assertThat(harness.next.count()).isEqualTo(6);
    harness.assertAllPermitsAreBack();
  }

  @Test
  void hostPermitIsReturnedWhenTheClientsQueueIsFull() {
    for (int i = 0; i < 3; i++) {
      harness.start(i < 2 ? "a" : "b");
    }
    for (int i = 0; i < 4; i++) {
      harness.start("a");
    }

    CompletableFuture<Reply> rejected = harness.send("c");

    assertThat(failure(rejected, BulkheadFullError.class)).hasMessageContaining("of the client");
    harness.completeAll();
    harness.assertAllPermitsAreBack();
    harness.start("c");
    harness.start("c");
    assertThat(harness.permits.inFlight()).isEqualTo(2);
  }

  @Test
  void waiterGoesOnALittleLaterIfTheExecutorRejectsForAMoment() {
    harness.start("a");
    harness.start("a");
    CompletableFuture<Reply> queued = harness.send("a");
    harness.executor.reject(true);

    harness.next.sent(0).future().complete(reply(200));
    assertThat(harness.next.count()).isEqualTo(2);
    harness.executor.reject(false);
    harness.timer.advance(Duration.ofMillis(10));
    harness.executor.runAll();

    harness.next.last().future().complete(reply(200));
    assertThat(queued).isCompleted();
    harness.next.sent(1).future().complete(reply(200));
    harness.assertAllPermitsAreBack();
  }

  @Test
  void queueOfOneHostLeavesPlacesForOthers() {
    PermitsHarness narrow = new PermitsHarness(new PermitLimits(4, 1, 3, 2));
    narrow.start("slow", 3);

    CompletableFuture<Reply> rejected = narrow.send("slow");

    assertThat(failure(rejected, BulkheadFullError.class))
        .hasMessageContaining("all permits of host slow and all places in its queue are taken");
    assertThat(narrow.permits.queued()).isEqualTo(2);
    narrow.start("fast");
    CompletableFuture<Reply> other = narrow.send("fast");
    assertThat(other).isNotDone();
    assertThat(narrow.permits.queued()).isEqualTo(3);
    assertThat(failure(narrow.send("fast"), BulkheadFullError.class))
        .hasMessageContaining("of host fast");

    narrow.completeAll();
    assertThat(other).isCompleted();
    assertThat(narrow.next.count()).isEqualTo(5);
    narrow.assertNothingIsHeld();
  }

  @Test
  void placeOfOneHostIsFreeAgainOnceItsCallHasLeftTheQueue() {
    PermitsHarness narrow = new PermitsHarness(new PermitLimits(4, 1, 3, 1));
    narrow.start("slow");
    CompletableFuture<Reply> cancelled = narrow.send("slow");
    assertThat(failure(narrow.send("slow"), BulkheadFullError.class)).isNotNull();

    cancelled.cancel(false);

    CompletableFuture<Reply> queued = narrow.send("slow");
    assertThat(queued).isNotDone();
    narrow.completeAll();
    assertThat(queued).isCompleted();
    narrow.assertNothingIsHeld();
  }

  @Test
  void placesOfOneHostDoNotBoundTheWaitForTheClientsPermits() {
    PermitsHarness narrow = new PermitsHarness(new PermitLimits(1, 1, 3, 0));
    narrow.start("a");

    narrow.start("b");
    narrow.start("c");
    narrow.start("d");

    assertThat(narrow.permits.queued()).isEqualTo(3);
    assertThat(failure(narrow.send("e"), BulkheadFullError.class))
        .hasMessageContaining("all permits of the client");
    narrow.completeAll();
    assertThat(narrow.next.count()).isEqualTo(4);
    narrow.assertNothingIsHeld();
  }

  @Test
  void callWhoseQueueTimeoutCannotBeArmedFailsAndGivesUpItsPlace() {
    harness.start("a", 2);
    harness.timer.reject(true);

    CompletableFuture<Reply> queued = harness.sendWithQueueTimeout("a");

    assertThat(failure(queued, UnexpectedError.class))
        .hasCauseInstanceOf(RejectedExecutionException.class);
    assertThat(harness.permits.queued()).isZero();
    harness.completeAll();
    assertThat(harness.next.count()).isEqualTo(2);
    harness.assertAllPermitsAreBack();
  }
}
