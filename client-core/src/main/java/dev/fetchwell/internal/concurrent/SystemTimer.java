package dev.fetchwell.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Real time. One daemon thread for the whole process keeps the queue and only hands tasks over to
 * the executor, so a slow task delays no timeout.
 *
 * <p>The queue wakes its thread for every task that comes before all others. With few calls that
 * would be nearly every timeout, only to be cancelled a moment later; so while there are tasks, a
 * heartbeat in the queue comes before them.
 */
public final class SystemTimer implements Timer {

  private static final Duration AGAIN = Duration.ofMillis(10);

  /** Shorter than most timeouts, far longer than most calls. */
  private static final Duration BEAT = Duration.ofMillis(200);

  private final ScheduledThreadPoolExecutor queue;
  private final Executor executor;

  /** Whether the heartbeat is in the queue, or about to be. */
  private final AtomicBoolean beating = new AtomicBoolean();

  private volatile @Nullable Future<?> heartbeat;

  /** A timer whose tasks run on the executor. */
  public SystemTimer(Executor executor) {
    this.executor = executor;
    queue =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "fetchwell-timer");
              thread.setDaemon(true);
              return thread;
            });
    queue.setRemoveOnCancelPolicy(true);
    queue.setKeepAliveTime(10, TimeUnit.SECONDS);
    queue.allowCoreThreadTimeOut(true);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Scheduled schedule(Duration delay, Runnable task) {
    if (beating.compareAndSet(false, true)) {
      beat();
    }
    Future<?> scheduled =
        queue.schedule(() -> handOver(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  /** How many tasks wait, for tests of what is left behind. */
  public int pending() {
    return (int) queue.getQueue().stream().filter(task -> task != heartbeat).count();
  }

  private void beat() {
    heartbeat = queue.schedule(this::beatAgain, BEAT.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void beatAgain() {
    if (queue.getQueue().isEmpty()) {
      beating.set(false);
    } else {
      beat();
    }
  }

  private void handOver(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException | OutOfMemoryError noThread) {
      // The machine is out of threads for the moment; a timeout must not get lost for that.
      var unused = queue.schedule(() -> handOver(task), AGAIN.toNanos(), TimeUnit.NANOSECONDS);
    }
  }
}
