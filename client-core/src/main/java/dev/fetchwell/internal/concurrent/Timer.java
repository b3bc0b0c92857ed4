package dev.fetchwell.internal.concurrent;

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
   * Runs a task after a delay, on a call thread and never on the timer's own.
   *
   * @param delay from now; zero means as soon as possible, but never before this returns
   */
  Scheduled schedule(Duration delay, Runnable task);

  /** A task that will run. */
  interface Scheduled {

    /** A task that has run. */
    Scheduled NONE = () -> {};

    /** Takes the task out of the timer's queue if it has not begun; does nothing otherwise. */
    void cancel();
  }
}
