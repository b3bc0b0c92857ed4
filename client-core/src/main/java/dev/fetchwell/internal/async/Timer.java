package dev.fetchwell.internal.async;

import java.time.Duration;

/**
 * Time: the only source of it in this library, so that a test can replace it.
 *
 * <p>Thread-safe.
 */
public interface Timer {

  /** A monotonic clock in nanoseconds; only differences mean anything. */
  long nanoTime();

  /**
   * Runs a task after a delay, on a thread of the timer's own. The task must be short: it gives up
   * what ran out of time, and hands the rest over. See {@link Platform}.
   *
   * @param delay from now; zero means as soon as possible, but never before this returns
   * @return takes the task out of the timer's queue if it has not begun
   */
  Cancellable schedule(Duration delay, Runnable task);
}
