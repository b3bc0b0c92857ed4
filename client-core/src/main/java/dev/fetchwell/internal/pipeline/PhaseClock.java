package dev.fetchwell.internal.pipeline;

import dev.fetchwell.internal.async.Timer;
import dev.fetchwell.observe.Phases;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When the parts of one attempt began and ended; there is one only if somebody listens. Written by
 * the threads that work on the attempt, several while they connect; read by any.
 */
final class PhaseClock {

  private static final int MARKS = WireTrace.Mark.values().length;

  private final Timer timer;
  private final long begun;

  /** Nanoseconds since it began, plus one, so that zero is: never. */
  private final AtomicLongArray marks = new AtomicLongArray(MARKS);

  PhaseClock(Timer timer) {
    this.timer = timer;
    this.begun = timer.nanoTime();
  }

  /** The first time counts of what begins, and the last of what ends. */
  void mark(WireTrace.Mark mark) {
    long now = timer.nanoTime() - begun + 1;
    if (mark.isBeginning()) {
      marks.compareAndSet(mark.ordinal(), 0, now);
    } else {
      marks.set(mark.ordinal(), now);
    }
  }

  private long at(WireTrace.Mark mark) {
    return marks.get(mark.ordinal());
  }

  Phases phases() {
    boolean connecting = at(WireTrace.Mark.CONNECT_START) > 0;
    long granted = at(WireTrace.Mark.GRANTED);
    return new Phases(
        Duration.ofNanos(Math.max(0, granted - 1)),
        between(WireTrace.Mark.DNS_START, WireTrace.Mark.DNS_END),
        between(
            WireTrace.Mark.CONNECT_START,
            at(WireTrace.Mark.TLS_START) > 0 ? WireTrace.Mark.TLS_START : WireTrace.Mark.CONNECTED),
        between(WireTrace.Mark.TLS_START, WireTrace.Mark.TLS_END),
        between(WireTrace.Mark.SEND_START, WireTrace.Mark.SENT),
        between(WireTrace.Mark.SENT, WireTrace.Mark.HEADERS),
        between(WireTrace.Mark.HEADERS, WireTrace.Mark.RECEIVED),
        between(WireTrace.Mark.RECEIVED, WireTrace.Mark.DECODED),
        !connecting && at(WireTrace.Mark.CONNECTED) > 0);
  }

  private Duration between(WireTrace.Mark start, WireTrace.Mark end) {
    long from = at(start);
    long to = at(end);
    return from == 0 || to <= from ? Duration.ZERO : Duration.ofNanos(to - from);
  }
}
