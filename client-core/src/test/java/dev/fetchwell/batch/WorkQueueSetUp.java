package dev.fetchwell.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What tests of work queues share: time and threads by hand, and runs that a test ends. */
abstract class WorkQueueSetUp {

  static final Duration SECOND = Duration.ofSeconds(1);
  static final RetryPolicy TWICE_AGAIN =
      RetryPolicy.builder().maxAttempts(3).backoff(Backoff.fixed(SECOND)).build();

  final VirtualTimer timer = new VirtualTimer();
  final ManualExecutor threads = new ManualExecutor();

  /** The runs so far, in order. */
  final List<Run> runs = new ArrayList<>();

  final List<String> dead = new ArrayList<>();

  record Run(String job, CompletableFuture<@Nullable Object> future) {}

  final WorkQueue<String> open(UnaryOperator<WorkQueue.Builder<String>> settings) {
    WorkQueue.Builder<String> builder =
        WorkQueue.of(
            (String job) -> {
              Run run = new Run(job, new CompletableFuture<>());
              runs.add(run);
              return run.future();
            });
    return settings
        .apply(builder.deadLetter((job, error) -> dead.add(job + " " + error.getMessage())))
        .on(VirtualPlatform.of(threads, timer))
        .open();
  }

  final CompletableFuture<WorkQueue.Accepted<String>> submit(WorkQueue<String> queue, String job) {
    CompletableFuture<WorkQueue.Accepted<String>> accepted = queue.submit(job);
    threads.runAll();
    return accepted;
  }

  final void put(WorkQueue<String> queue, String job) {
    assertThat(submit(queue, job).isCompletedExceptionally()).isFalse();
  }

  final void end(int run, Object value) {
    runs.get(run).future().complete(value);
    threads.runAll();
  }

  final void fail(int run, Throwable thrown) {
    runs.get(run).future().completeExceptionally(thrown);
    threads.runAll();
  }

  final void pass(Duration time) {
    timer.advance(time);
    threads.runAll();
  }

  final List<String> begun() {
    return runs.stream().map(Run::job).toList();
  }
}
