package dev.fetchwell.batch;

import static dev.fetchwell.testkit.Awaited.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.QueueClosedError;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Jobs that are cancelled, and queues that are shut down. */
class WorkQueueEndTest extends WorkQueueSetUp {

  @Test
  void cancelledSubmissionLeavesTheLine() {
    WorkQueue<String> queue = open(with -> with.workers(1).capacity(1));
    put(queue, "a");
    var second = submit(queue, "b");
    var third = submit(queue, "c");
    second.cancel(false);
    end(0, "");
    assertThat(third).isDone();
    assertThat(begun()).containsExactly("a", "c");
    assertThat(queue.stats().submitting()).isZero();
  }

  @Test
  void cancelOfAJobEndsItWhereverItIsAndNoDeadLetterIsTold() {
    WorkQueue<String> queue = open(with -> with.workers(1).retry(TWICE_AGAIN));
    var running = submit(queue, "a").join().result();
    var queued = submit(queue, "b").join().result();
    var later = submit(queue, "c").join().result();
    queued.cancel(false);
    running.cancel(false);
    threads.runAll();
    assertThat(runs.get(0).future()).isCancelled();
    assertThat(begun()).containsExactly("a", "c");
    fail(1, new IOException("away"));
    later.cancel(false);
    assertThat(timer.pending()).isZero();
    assertThat(dead).isEmpty();
    assertThat(queue.stats().cancelled()).isEqualTo(3);
    assertThat(queue.shutdown(Duration.ZERO)).isCompletedWithValue(List.of());
  }

  @Test
  void cancelOfWhatIsMadeOfAJobsFutureCancelsTheJob() {
    WorkQueue<String> queue = open(with -> with);
    submit(queue, "a").join().result().thenApply(value -> value).cancel(false);
    assertThat(runs.get(0).future()).isCancelled();
  }

  @Test
  void shutdownFinishesWhatWasAcceptedRetriesIncluded() {
    WorkQueue<String> queue = open(with -> with.workers(1).capacity(2).retry(TWICE_AGAIN));
    put(queue, "a");
    put(queue, "b");
    var waiting = submit(queue, "c");
    var ended = queue.shutdown(Duration.ofMinutes(1));
    failure(waiting, QueueClosedError.class);
    failure(submit(queue, "d"), QueueClosedError.class);
    fail(0, new IOException("away"));
    end(1, "");
    assertThat(ended).isNotDone();
    pass(SECOND);
    end(2, "");
    assertThat(ended).isCompletedWithValue(List.of());
    assertThat(queue.stats().done()).isEqualTo(2);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void shutdownHandsBackWhatIsLeftAfterTheGrace() {
    WorkQueue<String> queue = open(with -> with.workers(1).retry(TWICE_AGAIN));
    var first = submit(queue, "a");
    put(queue, "b");
    var third = submit(queue, "c");
    fail(0, new IOException("away"));
    var ended = queue.shutdown(SECOND.dividedBy(2));
    pass(SECOND.dividedBy(2));
    assertThat(ended)
        .isCompletedWithValue(
            List.of(
                new WorkQueue.Unfinished<>("a", 1),
                new WorkQueue.Unfinished<>("b", 1),
                new WorkQueue.Unfinished<>("c", 0)));
    assertThat(runs.get(1).future()).isCancelled();
    assertThat(first.join().result()).isCancelled();
    assertThat(third.join().result()).isCancelled();
    assertThat(dead).isEmpty();
    assertThat(timer.pending()).isZero();
    assertThat(queue.shutdown(Duration.ofHours(1)).join()).hasSize(3);
  }

  @Test
  void secondShutdownMayShortenTheGrace() {
    WorkQueue<String> queue = open(with -> with);
    put(queue, "a");
    var patient = queue.shutdown(Duration.ofHours(1));
    patient.cancel(false);
    var atOnce = queue.shutdown(Duration.ZERO);
    assertThat(atOnce.join()).hasSize(1);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void closeCancelsWhatRuns() {
    WorkQueue<String> queue = open(with -> with);
    put(queue, "a");
    queue.close();
    queue.close();
    assertThat(runs.get(0).future()).isCancelled();
    failure(queue.submit("b"), QueueClosedError.class);
  }
}
