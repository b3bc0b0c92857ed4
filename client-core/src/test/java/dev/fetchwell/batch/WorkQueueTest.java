package dev.fetchwell.batch;

import static dev.fetchwell.testkit.Awaited.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Sneaky;
import dev.fetchwell.testkit.VirtualPlatform;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WorkQueueTest extends WorkQueueSetUp {

  @Test
  void jobsBeginInOrderAndNoMoreAtOnceThanWorkers() {
    WorkQueue<String> queue = open(with -> with.workers(2));
    var first = submit(queue, "a");
    put(queue, "b");
    put(queue, "c");
    assertThat(begun()).containsExactly("a", "b");
    end(0, "value of a");
    assertThat(begun()).containsExactly("a", "b", "c");
    assertThat(first.join().job()).isEqualTo("a");
    assertThat(first.join().result().join()).isEqualTo("value of a");
  }

  @Test
  void functionIsNotCalledOnTheSubmittersThread() {
    WorkQueue<String> queue = open(with -> with);
    assertThat(queue.submit("a")).isDone();
    assertThat(runs).isEmpty();
    threads.runAll();
    assertThat(begun()).containsExactly("a");
  }

  @Test
  void submissionWaitsForAPlaceInOrder() {
    WorkQueue<String> queue = open(with -> with.workers(1).capacity(2));
    put(queue, "a");
    put(queue, "b");
    var third = submit(queue, "c");
    var fourth = submit(queue, "d");
    assertThat(third).isNotDone();
    assertThat(queue.stats().submitting()).isEqualTo(2);
    end(0, "");
    assertThat(third).isDone();
    assertThat(fourth).isNotDone();
    assertThat(queue.stats().submitting()).isEqualTo(1);
    assertThat(queue.stats().queued()).isEqualTo(1);
  }

  @Test
  void offerTakesAPlaceAtOnceOrNone() {
    WorkQueue<String> queue = open(with -> with.workers(1).capacity(1));
    assertThat(queue.offer("a")).isPresent();
    assertThat(queue.offer("b")).isEmpty();
    threads.runAll();
    end(0, "");
    assertThat(queue.offer("c")).isPresent();
    queue.close();
    assertThat(queue.offer("d")).isEmpty();
  }

  @Test
  void retryWaitsWithoutAWorkerButWithItsPlace() {
    WorkQueue<String> queue = open(with -> with.workers(1).capacity(2).retry(TWICE_AGAIN));
    put(queue, "a");
    put(queue, "b");
    var third = submit(queue, "c");
    fail(0, new IOException("away"));
    assertThat(begun()).containsExactly("a", "b");
    assertThat(third).isNotDone();
    end(1, "");
    assertThat(begun()).containsExactly("a", "b", "c");
    end(2, "");
    pass(SECOND);
    assertThat(begun()).containsExactly("a", "b", "c", "a");
    end(3, "");
    assertThat(dead).isEmpty();
    assertThat(queue.stats().retries()).isEqualTo(1);
    assertThat(queue.stats().done()).isEqualTo(3);
  }

  @Test
  void lastFailureIsDeadLetteredOnce() {
    WorkQueue<String> queue = open(with -> with.retry(TWICE_AGAIN));
    var accepted = submit(queue, "a");
    fail(0, new IOException("away"));
    pass(SECOND);
    fail(1, new IOException("away"));
    pass(SECOND);
    assertThat(dead).isEmpty();
    fail(2, new IOException("away"));
    assertThat(runs).hasSize(3);
    assertThat(dead).hasSize(1);
    UnexpectedError error = failure(accepted.join().result(), UnexpectedError.class);
    assertThat(error.getCause()).isInstanceOf(IOException.class);
    assertThat(queue.stats().deadLettered()).isEqualTo(1);
  }

  @Test
  void conditionOfThePolicySeesTheCauseAndDecides() {
    RetryPolicy onlyIo =
        RetryPolicy.builder().retryIf(error -> error.getCause() instanceof IOException).build();
    WorkQueue<String> queue = open(with -> with.retry(onlyIo));
    put(queue, "a");
    fail(0, new IllegalStateException("bad row"));
    assertThat(dead).hasSize(1);
    put(queue, "b");
    fail(1, new IOException("away"));
    pass(SECOND);
    assertThat(begun()).containsExactly("a", "b", "b");
  }

  @Test
  void statusThatNoRetryHelpsIsDeadAtOnceAndRetryAfterIsWaitedFor() {
    CallFacts facts = new CallFacts("GET", "http://h/", 1, SECOND, true);
    WorkQueue<String> queue = open(with -> with.retry(TWICE_AGAIN));
    put(queue, "a");
    fail(0, HttpStatusError.of(404, Map.of(), new byte[0], null, facts));
    assertThat(dead).hasSize(1);
    put(queue, "b");
    Duration asked = Duration.ofSeconds(30);
    fail(1, HttpStatusError.of(503, Map.of(), new byte[0], asked, facts));
    pass(Duration.ofSeconds(29));
    assertThat(runs).hasSize(2);
    pass(SECOND);
    assertThat(runs).hasSize(3);
    fail(2, HttpStatusError.of(503, Map.of(), new byte[0], Duration.ofHours(1), facts));
    assertThat(dead).hasSize(2);
  }

  @Test
  void conditionThatThrowsMakesTheJobDead() {
    RetryPolicy broken =
        RetryPolicy.builder()
            .retryIf(
                error -> {
                  throw new IllegalStateException("from retryIf");
                })
            .build();
    WorkQueue<String> queue = open(with -> with.retry(broken));
    var accepted = submit(queue, "a");
    fail(0, new IOException("away"));
    assertThat(failure(accepted.join().result(), UnexpectedError.class).getCause())
        .hasMessage("from retryIf");
    assertThat(queue.stats().deadLettered()).isEqualTo(1);
  }

  @Test
  void runThatTakesTooLongIsCancelledAndTriedAgain() {
    WorkQueue<String> queue = open(with -> with.workers(1).jobTimeout(SECOND).retry(TWICE_AGAIN));
    var accepted = submit(queue, "a");
    pass(SECOND);
    assertThat(runs.get(0).future()).isCancelled();
    pass(SECOND);
    pass(SECOND);
    pass(SECOND);
    pass(SECOND);
    assertThat(runs).hasSize(3);
    FetchTimeoutError error = failure(accepted.join().result(), FetchTimeoutError.class);
    assertThat(error).hasMessageContaining("1000 ms");
    assertThat(dead).hasSize(1);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void functionThatThrowsOrGivesNullFailsItsJobOnly() {
    List<Throwable> thrown = List.of(new IllegalStateException(), new StackOverflowError());
    for (Throwable each : thrown) {
      WorkQueue<String> queue =
          WorkQueue.<String>of(
                  job -> {
                    throw Sneaky.sneaky(each);
                  })
              .on(VirtualPlatform.of(threads, timer))
              .open();
      var accepted = submit(queue, "a");
      assertThat(failure(accepted.join().result(), UnexpectedError.class)).hasCause(each);
      assertThat(queue.stats().running()).isZero();
    }
    WorkQueue<String> queue =
        WorkQueue.<String>of(job -> nothing()).on(VirtualPlatform.of(threads, timer)).open();
    var accepted = submit(queue, "a");
    assertThat(failure(accepted.join().result(), UnexpectedError.class).getCause())
        .hasMessageContaining("returned null");
  }

  @SuppressWarnings("NullAway") // As a caller without such checks may.
  private static CompletableFuture<String> nothing() {
    return null;
  }

  @Test
  void deadLetterThatThrowsKeepsNothing() {
    WorkQueue<String> queue =
        open(
            with ->
                with.workers(1)
                    .deadLetter(
                        (job, error) -> {
                          throw new StackOverflowError();
                        }));
    put(queue, "a");
    put(queue, "b");
    fail(0, new IOException("away"));
    end(1, "");
    assertThat(queue.shutdown(SECOND)).isCompletedWithValue(List.of());
    assertThat(timer.pending()).isZero();
  }

  @Test
  void statsTellTheMeanWait() {
    WorkQueue<String> queue = open(with -> with.workers(1));
    put(queue, "a");
    put(queue, "b");
    pass(SECOND);
    end(0, "");
    assertThat(queue.stats().meanWait()).isEqualTo(SECOND.dividedBy(2));
    assertThat(queue.stats().running()).isEqualTo(1);
  }

  @Test
  void illegalSettingsSayWhatIsExpected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(with -> with.workers(0)))
        .withMessage("workers: 0 (expected: >= 1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(with -> with.workers(8).capacity(7)))
        .withMessage("capacity: 7 (expected: >= workers 8)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(with -> with.jobTimeout(Duration.ZERO)))
        .withMessageContaining("jobTimeout");
  }
}
