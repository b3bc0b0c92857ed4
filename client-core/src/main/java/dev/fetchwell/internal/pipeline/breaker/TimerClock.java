package dev.fetchwell.internal.pipeline.breaker;

import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.Timer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The timer's time for resilience4j, which asks for a clock: it begins with the date, so that a
 * breaker can be opened by hand until a date, and then goes on evenly whatever is done to the date.
 */
final class TimerClock extends Clock {

  private final Timer timer;
  private final Instant start;
  private final long startNanos;
  private final ZoneId zone;

  TimerClock(Platform platform) {
    this(platform.timer(), platform.clock().instant(), platform.timer().nanoTime(), ZoneOffset.UTC);
  }

  private TimerClock(Timer timer, Instant start, long startNanos, ZoneId zone) {
    this.timer = timer;
    this.start = start;
    this.startNanos = startNanos;
    this.zone = zone;
  }

  @Override
  public Instant instant() {
    return start.plusNanos(timer.nanoTime() - startNanos);
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  @Override
  public Clock withZone(ZoneId other) {
    return new TimerClock(timer, start, startNanos, other);
  }
}
