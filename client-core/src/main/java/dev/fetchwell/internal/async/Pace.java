package dev.fetchwell.internal.async;

/**
 * When the next one may go: plain arithmetic on a clock in nanoseconds, for a {@link PacedQueue},
 * which asks it under its lock. So it is fast, calls nothing, and need not be thread-safe.
 *
 * <p>The clock is zero when the queue is made.
 */
public interface Pace {

  /** Whether somebody may go who comes while nobody waits. */
  boolean admits(long now);

  /**
   * When the first of those who wait may go; the same for whoever that is.
   *
   * @param waiting how many wait, at least one
   */
  long due(long now, int waiting);

  /** When one may go who would wait behind so many, as far as is known now. */
  long dueBehind(long now, int waiting);

  /**
   * One goes.
   *
   * @param waited whether its turn has come only now, as the timer, or a thread, was late
   * @return what {@link #back} is told if it does not go after all
   */
  long goes(long now, boolean waited);

  /** One that went has not gone on: it is as if it never came, as far as that can be. */
  void back(long stamp);

  /** From when on it is as if nobody had ever come. */
  long idleAt();
}
