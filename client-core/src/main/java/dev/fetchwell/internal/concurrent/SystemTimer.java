package dev.fetchwell.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Real time. One daemon thread for the whole process keeps the queue and only hands tasks over to
 * the executor, so a slow task delays no timeout.
 */
public final class SystemTimer implements Timer {

  private static final Duration AGAIN = Duration.ofMillis(10);

  private final ScheduledThreadPoolExecutor queue;
  private final Executor executor;

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
    Future<?> scheduled =
        queue.schedule(() -> handOver(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  /** How many tasks wait, for tests of what is left behind. */
  public int pending() {
    return queue.getQueue().size();
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
