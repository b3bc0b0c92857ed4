package dev.fetchwell.internal.pipeline;

import dev.fetchwell.internal.async.Timer;
import java.time.Duration;

/** The time of one call: since when it goes on, and until when it may. Thread-safe. */
final class CallTime {

  private final Timer timer;
  private final long startNanos;

  /** From the start to the deadline. Moves on, if others join this call. */
  private volatile long limitNanos;

  private CallTime(Timer timer, long startNanos, long limitNanos) {
    this.timer = timer;
    this.startNanos = startNanos;
    this.limitNanos = limitNanos;
  }

  /** Begins now. */
  static CallTime of(Timer timer, Duration limit) {
    return new CallTime(timer, timer.nanoTime(), limit.toNanos());
  }

  /** Another call's, which began when this one's did, and whose deadline may move on by itself. */
  CallTime copy() {
    return new CallTime(timer, startNanos, limitNanos);
  }

  Duration elapsed() {
    return Duration.ofNanos(elapsedNanos());
  }

  private long elapsedNanos() {
    return timer.nanoTime() - startNanos;
  }

  /** The time until the deadline, at least zero. */
  Duration remaining() {
    return Duration.ofNanos(remainingNanos(timer.nanoTime()));
  }

  /** The same in nanoseconds, for who has just read the timer's clock: each look costs. */
  long remainingNanos(long now) {
    return Math.max(0, limitNanos - (now - startNanos));
  }

  /** The deadline is not before that time from now. */
  synchronized void lastAtLeast(Duration left) {
    limitNanos = Math.max(limitNanos, elapsedNanos() + left.toNanos());
  }
}
