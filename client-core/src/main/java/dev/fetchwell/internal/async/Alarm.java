package dev.fetchwell.internal.async;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A task of the timer's that can be registered somewhere before it is armed.
 *
 * <p>Arming writes the handle and then looks at the flag; cancelling does the reverse, so one of
 * both takes the task out of the timer.
 */
final class Alarm implements Cancellable, Runnable {

  private final Timer timer;
  private final long delayNanos;

  /** The nanoseconds that are left when it is due; null: none. */
  private final @Nullable LongSupplier left;

  private final Runnable task;
  private volatile @Nullable Cancellable scheduled;
  private volatile boolean cancelled;

  Alarm(Timer timer, Duration delay, Runnable task) {
    this(timer, delay.toNanos(), null, task);
  }

  private Alarm(Timer timer, long delayNanos, @Nullable LongSupplier left, Runnable task) {
    this.timer = timer;
    this.delayNanos = delayNanos;
    this.left = left;
    this.task = task;
  }

  /**
   * Waits for what may move on meanwhile: when it is due, it looks again how much time is left, and
   * runs the task if none is. So whatever moves it on need not touch the timer.
   *
   * @param leftNow the nanoseconds until it looks for the first time
   */
  static Alarm moving(Timer timer, long leftNow, LongSupplier left, Runnable task) {
    return new Alarm(timer, leftNow, left, task);
  }

  void arm() {
    arm(delayNanos);
  }

  private void arm(long nanos) {
    if (cancelled) {
      return;
    }
    Cancellable handle = timer.schedule(Duration.ofNanos(nanos), this);
    scheduled = handle;
    if (cancelled) {
      handle.cancel();
    }
  }

  /** It is due. */
  @Override
  public void run() {
    long now = left == null ? 0 : left.getAsLong();
    if (now <= 0) {
      task.run();
      return;
    }
    try {
      arm(now);
    } catch (Throwable noThread) {
      // A limit that comes early is better than one that never comes.
      task.run();
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    Cancellable handle = scheduled;
    if (handle != null) {
      handle.cancel();
    }
  }
}
