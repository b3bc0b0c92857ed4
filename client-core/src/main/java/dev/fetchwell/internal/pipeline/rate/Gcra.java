package dev.fetchwell.internal.pipeline.rate;

import dev.fetchwell.internal.async.Pace;
import dev.fetchwell.policy.RateLimit;
import java.util.concurrent.TimeUnit;

/**
 * The generic cell rate algorithm, by virtual scheduling: ITU-T recommendation I.371, annex A. The
 * only state is the theoretical arrival time of the next one; it may come before that by no more
 * than the tolerance, which is what a burst is made of. Unlike a counter per window it never lets
 * two windows' worth through at the seam of both.
 */
final class Gcra implements Pace {

  /** Timers, and threads, are a little late; to make up for that, as much may come too early. */
  static final long LATENESS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Where longer spans are cut, so that no sum of three overflows. */
  private static final long LONGEST = TimeUnit.DAYS.toNanos(365L * 50);

  private final long interval;
  private final long tolerance;

  /** The theoretical arrival time. */
  private long arrival;

  private long sent;

  /** The last one to which one less before it would have been of no use. */
  private long tight;

  Gcra(RateLimit limit) {
    // Rounded up: never faster than asked for.
    double nanos = Math.ceil((double) limit.period().toNanos() / limit.attempts());
    interval = (long) Math.max(1, Math.min(nanos, (double) LONGEST));
    tolerance = span(limit.burst() - 1);
  }

  private long span(int count) {
    return count == 0 || interval <= LONGEST / count ? count * interval : LONGEST;
  }

  @Override
  public boolean admits(long now) {
    return arrival - tolerance <= now;
  }

  @Override
  public long due(long now, int waiting) {
    return arrival - tolerance;
  }

  @Override
  public long dueBehind(long now, int waiting) {
    return arrival - tolerance + span(waiting);
  }

  @Override
  public long goes(long now, boolean waited) {
    sent++;
    if (arrival - now < interval) {
      tight = sent;
    }
    arrival = Math.max(arrival, waited ? now - LATENESS : now) + interval;
    return sent;
  }

  /**
   * What was not used counts only where it lets a later one go earlier: the time for it has gone by
   * otherwise, and nobody can go in the past.
   */
  @Override
  public void back(long stamp) {
    if (tight <= stamp) {
      arrival -= interval;
    }
  }

  @Override
  public long idleAt() {
    return arrival;
  }
}
