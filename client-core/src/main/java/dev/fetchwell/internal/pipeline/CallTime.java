package dev.fetchwell.internal.pipeline;

import dev.fetchwell.internal.async.Timer;
import java.time.Duration;

/** The time of one call: since when it goes on, and until when it may. Thread-safe. */
final class CallTime {

  private final Timer timer;
  private final long startNanos;

  /** From the start to the deadline. Moves on, if others join this call. */
  private volatile Duration limit;

  private CallTime(Timer timer, long startNanos, Duration limit) {
    this.timer = timer;
    this.startNanos = startNanos;
    this.limit = limit;
  }

  /** Begins now. */
  static CallTime of(Timer timer, Duration limit) {
    return new CallTime(timer, timer.nanoTime(), limit);
  }

  /** Another call's, which began when this one's did, and whose deadline may move on by itself. */
  CallTime copy() {
    return new CallTime(timer, startNanos, limit);
  }

  Duration elapsed() {
    return Duration.ofNanos(timer.nanoTime() - startNanos);
  }

  /** The time until the deadline, at least zero. */
  Duration remaining() {
    Duration left = limit.minus(elapsed());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** The deadline is not before that time from now. */
  synchronized void lastAtLeast(Duration left) {
    Duration longer = elapsed().plus(left);
    if (longer.compareTo(limit) > 0) {
      limit = longer;
    }
  }
}
