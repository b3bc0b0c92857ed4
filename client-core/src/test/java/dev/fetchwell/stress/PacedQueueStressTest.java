package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.internal.async.Pace;
import dev.fetchwell.internal.async.PacedQueue;
import dev.fetchwell.internal.async.PacedQueue.Waiter;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.SystemTimer;
import dev.fetchwell.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads come and leave from anywhere in the line, while a fast pace lets others go. */
@Tag("stress")
@Timeout(60)
class PacedQueueStressTest {

  private static final int THREADS = 4;
  private static final int CALLS = 200_000;

  /** Fifty thousand a second. */
  private static final class Fast implements Pace {

    private static final long INTERVAL = 20_000;

    private long next;

    @Override
    public boolean admits(long now) {
      return next <= now;
    }

    @Override
    public long due(long now, int waiting) {
      return next;
    }

    @Override
    public long dueBehind(long now, int waiting) {
      return next + waiting * INTERVAL;
    }

    @Override
    public long goes(long now, boolean waited) {
      next = Math.max(next, now - 10_000_000) + INTERVAL;
      return 0;
    }

    @Override
    public void back(long stamp) {
      next -= INTERVAL;
    }

    @Override
    public long idleAt() {
      return next;
    }
  }

  private final PacedQueue queue = new PacedQueue(new Fast(), Platform.system());

  @Test
  void whoStaysGoesInTheEndWhoeverLeaves() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<List<Waiter>> staying = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      List<Waiter> own = new ArrayList<>();
      staying.add(own);
      Thread thread = new Thread(() -> comeAndLeave(own));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    CompletableFuture<?>[] all =
        staying.stream().flatMap(List::stream).toArray(CompletableFuture[]::new);
    assertThat(all).hasSizeGreaterThan(THREADS * CALLS / 16);
    CompletableFuture.allOf(all).get(30, TimeUnit.SECONDS);
    assertThat(queue.expectedWait()).isLessThan(Duration.ofSeconds(1));
    SystemTimer timer = (SystemTimer) Platform.system().timer();
    Eventually.holds(() -> timer.pending() == 0, "no timer");
  }

  /** Seven of eight leave a moment after they came, with others before and behind them. */
  private void comeAndLeave(List<Waiter> staying) {
    Deque<Waiter> leaving = new ArrayDeque<>();
    for (int i = 0; i < CALLS; i++) {
      if (queue.enter(Duration.ofMinutes(5)) instanceof Waiter waiter) {
        if (i % 8 == 0) {
          staying.add(waiter);
        } else {
          leaving.add(waiter);
        }
      }
      if (leaving.size() > 5) {
        leaving.remove().cancel(false);
      }
    }
    leaving.forEach(waiter -> waiter.cancel(false));
  }
}
