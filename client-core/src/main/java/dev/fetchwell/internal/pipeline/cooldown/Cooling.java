package dev.fetchwell.internal.pipeline.cooldown;

import dev.fetchwell.internal.async.Pace;
import java.util.random.RandomGenerator;

/**
 * Nobody goes until a moment, and then those who waited at random moments of a while, in their
 * order: as if each had drawn a moment of its own, which spreads them evenly however many there
 * are.
 */
final class Cooling implements Pace {

  private final RandomGenerator random;
  private long until;
  private long spreadUntil;

  /** When the first of those who wait goes, if that is drawn. */
  private long next;

  private boolean drawn;

  Cooling(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Keeps all away until a moment, unless they are for longer.
   *
   * @param spread the while in which those go then who waited
   */
  void keepAway(long moment, long spread) {
    if (moment > until) {
      until = moment;
      spreadUntil = moment + spread;
      drawn = false;
    }
  }

  @Override
  public boolean admits(long now) {
    return until <= now;
  }

  @Override
  public long due(long now, int waiting) {
    if (now < until) {
      return until;
    }
    if (!drawn) {
      next = now + firstOf(waiting, spreadUntil - now);
      drawn = true;
    }
    return next;
  }

  /** The first of so many moments that are drawn from a span. */
  private long firstOf(int count, long span) {
    if (span <= 0) {
      return 0;
    }
    return (long) ((double) span * (1 - Math.pow(random.nextDouble(), 1.0 / count)));
  }

  @Override
  public long dueBehind(long now, int waiting) {
    return until;
  }

  @Override
  public long goes(long now, boolean waited) {
    drawn = false;
    return 0;
  }

  @Override
  public void back(long stamp) {
    // Nothing is used up by going.
  }

  @Override
  public long idleAt() {
    return until;
  }
}
