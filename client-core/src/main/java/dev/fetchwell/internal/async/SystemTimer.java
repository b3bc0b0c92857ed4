package dev.fetchwell.internal.async;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Real time. Two daemon platform threads for the whole process run the tasks, which are short; so
 * neither calls that compute nor a task that takes a moment delay a timeout.
 *
 * <p>The queue wakes a thread for every task that comes before all others. With few calls that
 * would be nearly every timeout, only to be cancelled a moment later; so while there are tasks, a
 * heartbeat in the queue comes before them.
 */
public final class SystemTimer implements Timer {

  private static final int THREADS = 2;

  /** Shorter than most timeouts, far longer than most calls. */
  private static final Duration BEAT = Duration.ofMillis(200);

  private final ScheduledThreadPoolExecutor queue;

  /** Whether the heartbeat is in the queue, or about to be. */
  private final AtomicBoolean beating = new AtomicBoolean();

  private volatile @Nullable Future<?> heartbeat;

  /** A timer without tasks; it has no thread until there is one. */
  public SystemTimer() {
    queue = new ScheduledThreadPoolExecutor(THREADS, TimerThread::new);
    queue.setRemoveOnCancelPolicy(true);
    queue.setKeepAliveTime(10, TimeUnit.SECONDS);
    queue.allowCoreThreadTimeOut(true);
  }

  private static final class TimerThread extends Thread {

    private TimerThread(Runnable work) {
      super(null, work, "fetchwell-timer", 0, false);
      setDaemon(true);
      setContextClassLoader(SystemTimer.class.getClassLoader());
    }
  }

  /** Whether this is a thread of a timer, on which nothing foreign may run. */
  static boolean isOwnThread() {
    return Thread.currentThread() instanceof TimerThread;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    if (!beating.get() && beating.compareAndSet(false, true)) {
      beat();
    }
    Entry entry = new Entry(task);
    entry.scheduled = queue.schedule(entry, delay.toNanos(), TimeUnit.NANOSECONDS);
    return entry;
  }

  /** A task and its handle in one object, of which there are two for each call. */
  private static final class Entry implements Callable<@Nullable Void>, Cancellable {

    private final Runnable task;

    /** Written before anybody else knows of this. */
    private @Nullable Future<?> scheduled;

    private Entry(Runnable task) {
      this.task = task;
    }

    @Override
    public @Nullable Void call() {
      Guard.run(task);
      return null;
    }

    @Override
    public void cancel() {
      Future<?> known = scheduled;
      if (known != null) {
        known.cancel(false);
      }
    }
  }

  /** How many tasks wait, for tests of what is left behind. */
  public int pending() {
    return (int) queue.getQueue().stream().filter(task -> task != heartbeat).count();
  }

  private void beat() {
    boolean scheduled = false;
    try {
      heartbeat = queue.schedule(this::beatAgain, BEAT.toNanos(), TimeUnit.NANOSECONDS);
      scheduled = true;
    } finally {
      beating.set(scheduled);
    }
  }

  private void beatAgain() {
    if (queue.getQueue().isEmpty()) {
      beating.set(false);
    } else {
      beat();
    }
  }
}
