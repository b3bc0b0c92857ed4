package dev.fetchwell.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every job that was accepted ends once, in one way, whatever comes at the same time. */
@Tag("stress")
@Timeout(120)
class WorkQueueStressTest {

  private static final int JOBS = 10_000;
  private static final RetryPolicy RETRY =
      RetryPolicy.builder()
          .maxAttempts(4)
          .backoff(Backoff.exponential(Duration.ofMillis(1), Duration.ofMillis(8)))
          .build();

  private final AtomicIntegerArray succeeded = new AtomicIntegerArray(JOBS);
  private final AtomicIntegerArray dead = new AtomicIntegerArray(JOBS);
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostRunning = new AtomicInteger();

  private CompletableFuture<Integer> work(int job, Random random) {
    mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
    boolean fails = random.nextInt(100) < 15;
    return CompletableFuture.supplyAsync(
        () -> {
          running.decrementAndGet();
          if (fails) {
            throw new java.util.concurrent.CompletionException(new IOException("transient"));
          }
          succeeded.incrementAndGet(job);
          return job;
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyJobIsDoneOrDeadLetteredExactlyOnce(long seed) throws Exception {
    Random random = new Random(seed);
    WorkQueue<Integer> queue =
        WorkQueue.of((Integer job) -> work(job, random))
            .workers(16)
            .capacity(100)
            .retry(RETRY)
            .deadLetter((job, error) -> dead.incrementAndGet(job))
            .open();
    for (int job = 0; job < JOBS; job++) {
      var unused = queue.submit(job).get(10, TimeUnit.SECONDS);
    }
    assertThat(queue.shutdown(Duration.ofSeconds(60)).get(60, TimeUnit.SECONDS)).isEmpty();
    for (int job = 0; job < JOBS; job++) {
      assertThat(succeeded.get(job) + dead.get(job)).as("ends of job " + job).isEqualTo(1);
    }
    assertThat(mostRunning.get()).isLessThanOrEqualTo(16);
    WorkQueueStats stats = queue.stats();
    assertThat(stats.done() + stats.deadLettered()).isEqualTo(JOBS);
    assertThat(stats.queued() + stats.running() + stats.submitting()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void nothingIsLostWhereCancelsAndAShutdownComeInBetween(long seed) throws Exception {
    Random random = new Random(seed);
    WorkQueue<Integer> queue =
        WorkQueue.of((Integer job) -> work(job, random))
            .workers(4)
            .capacity(50)
            .retry(RETRY)
            .deadLetter((job, error) -> dead.incrementAndGet(job))
            .open();
    List<CompletableFuture<WorkQueue.Accepted<Integer>>> submissions = new ArrayList<>();
    CompletableFuture<List<WorkQueue.Unfinished<Integer>>> ended = new CompletableFuture<>();
    for (int job = 0; job < JOBS; job++) {
      CompletableFuture<WorkQueue.Accepted<Integer>> submitted = queue.submit(job);
      submissions.add(submitted);
      if (random.nextInt(4) == 0) {
        submitted.cancel(false);
      } else if (random.nextInt(4) == 0) {
        var unused = submitted.thenAccept(accepted -> accepted.result().cancel(false));
      }
      if (job == JOBS * 3 / 4) {
        ended = queue.shutdown(Duration.ofMillis(50));
      }
    }
    List<WorkQueue.Unfinished<Integer>> left = ended.get(30, TimeUnit.SECONDS);
    int accepted = 0;
    for (CompletableFuture<WorkQueue.Accepted<Integer>> submission : submissions) {
      assertThat(submission).isDone();
      if (!submission.isCompletedExceptionally()) {
        accepted++;
        assertThat(submission.join().result()).isDone();
      }
    }
    WorkQueueStats stats = queue.stats();
    assertThat(stats.queued() + stats.running() + stats.submitting()).isZero();
    assertThat(left.size()).isLessThanOrEqualTo((int) stats.cancelled());
    assertThat(stats.done() + stats.deadLettered() + stats.cancelled())
        .as("ends of accepted jobs")
        .isGreaterThanOrEqualTo(accepted);
  }
}
