package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SystemTimerTest {

  private final SystemTimer timer = new SystemTimer();

  @Test
  void cancelledTimersLeaveTheQueue() {
    Cancellable first = timer.schedule(Duration.ofHours(1), () -> {});
    Cancellable second = timer.schedule(Duration.ofHours(2), () -> {});
    assertThat(timer.pending()).isEqualTo(2);

    first.cancel();
    first.cancel();
    assertThat(timer.pending()).isEqualTo(1);
    second.cancel();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void taskRunsAfterItsDelayOnADaemonOfTheTimer() {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    CompletableFuture<Boolean> own = new CompletableFuture<>();
    long before = timer.nanoTime();

    Cancellable unused =
        timer.schedule(
            Duration.ofMillis(5),
            () -> {
              own.complete(SystemTimer.isOwnThread());
              thread.complete(Thread.currentThread());
            });

    assertThat(thread.join().isDaemon()).isTrue();
    assertThat(timer.nanoTime() - before).isGreaterThanOrEqualTo(Duration.ofMillis(5).toNanos());
    assertThat(own.join()).isTrue();
    assertThat(SystemTimer.isOwnThread()).isFalse();
  }

  @Test
  void taskThatThrowsTakesNoOtherAlong() {
    CompletableFuture<String> ran = new CompletableFuture<>();
    for (int i = 0; i < 10; i++) {
      Cancellable unused =
          timer.schedule(
              Duration.ZERO,
              () -> {
                throw new AssertionError("told to");
              });
    }

    Cancellable unused = timer.schedule(Duration.ofMillis(1), () -> ran.complete("ran"));

    assertThat(ran.join()).isEqualTo("ran");
  }

  @Test
  void taskThatTakesLongDelaysNoOther() {
    CountDownLatch other = new CountDownLatch(1);
    CompletableFuture<Boolean> met = new CompletableFuture<>();

    Cancellable unused =
        timer.schedule(
            Duration.ZERO,
            () -> {
              try {
                other.await();
                met.complete(true);
              } catch (InterruptedException e) {
                met.completeExceptionally(e);
              }
            });
    unused = timer.schedule(Duration.ofMillis(1), other::countDown);

    assertThat(met.join()).isTrue();
  }

  @Test
  void cancellingWhatHasRunDoesNothing() {
    CompletableFuture<String> ran = new CompletableFuture<>();
    Cancellable scheduled = timer.schedule(Duration.ZERO, () -> ran.complete("ran"));
    ran.join();

    scheduled.cancel();

    assertThat(ran).isCompletedWithValue("ran");
  }
}
