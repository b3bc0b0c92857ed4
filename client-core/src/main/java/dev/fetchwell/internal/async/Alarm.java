package dev.fetchwell.internal.async;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A task of the timer's that can be registered somewhere before it is armed.
 *
 * <p>Arming writes the handle and then looks at the flag; cancelling does the reverse, so one of
 * both takes the task out of the timer.
 */
final class Alarm implements Cancellable {

  private final Timer timer;
  private final Duration delay;
  private final Runnable task;
  private volatile @Nullable Cancellable scheduled;
  private volatile boolean cancelled;

  Alarm(Timer timer, Duration delay, Runnable task) {
    this.timer = timer;
    this.delay = delay;
    this.task = task;
  }

  void arm() {
    if (cancelled) {
      return;
    }
    Cancellable handle = timer.schedule(delay, task);
    scheduled = handle;
    if (cancelled) {
      handle.cancel();
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
