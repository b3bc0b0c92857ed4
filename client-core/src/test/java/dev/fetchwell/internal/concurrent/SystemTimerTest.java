package dev.fetchwell.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.internal.concurrent.Timer.Scheduled;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SystemTimerTest {

  @Test
  void cancelledTimersLeaveTheQueue() {
    SystemTimer timer = new SystemTimer(Runnable::run);
    Scheduled first = timer.schedule(Duration.ofHours(1), () -> {});
    Scheduled second = timer.schedule(Duration.ofHours(2), () -> {});
    assertThat(timer.pending()).isEqualTo(2);

    first.cancel();
    first.cancel();
    assertThat(timer.pending()).isEqualTo(1);
    second.cancel();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void taskRunsOnTheExecutorAfterItsDelay() throws Exception {
    BlockingQueue<Runnable> handedOver = new LinkedBlockingQueue<>();
    CompletableFuture<Thread> timerThread = new CompletableFuture<>();
    SystemTimer timer =
        new SystemTimer(
            task -> {
              timerThread.complete(Thread.currentThread());
              handedOver.add(task);
            });
    CompletableFuture<Long> ranAt = new CompletableFuture<>();
    long before = timer.nanoTime();

    timer.schedule(Duration.ofMillis(5), () -> ranAt.complete(timer.nanoTime()));

    Runnable task = handedOver.poll(20, TimeUnit.SECONDS);
    assertThat(task).isNotNull();
    assertThat(ranAt).isNotDone();
    task.run();
    assertThat(ranAt.join() - before).isGreaterThanOrEqualTo(Duration.ofMillis(5).toNanos());
    assertThat(timerThread.join().isDaemon()).isTrue();
  }

  @Test
  void timeoutIsNotLostWhenTheExecutorRejectsForAMoment() {
    AtomicInteger refusals = new AtomicInteger();
    Executor busy =
        task -> {
          if (refusals.incrementAndGet() < 3) {
            throw new RejectedExecutionException("busy");
          }
          task.run();
        };
    CompletableFuture<String> ran = new CompletableFuture<>();

    new SystemTimer(busy).schedule(Duration.ZERO, () -> ran.complete("ran"));

    assertThat(ran.join()).isEqualTo("ran");
    assertThat(refusals).hasValue(3);
  }

  @Test
  void cancellingWhatHasRunDoesNothing() {
    SystemTimer timer = new SystemTimer(Runnable::run);
    CompletableFuture<String> ran = new CompletableFuture<>();
    Scheduled scheduled = timer.schedule(Duration.ZERO, () -> ran.complete("ran"));
    ran.join();

    scheduled.cancel();
    Scheduled.NONE.cancel();

    assertThat(ran).isCompletedWithValue("ran");
  }
}
