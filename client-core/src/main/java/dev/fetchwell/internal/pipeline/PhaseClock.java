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

  private static final int MARKS = Attempt.Mark.values().length;

  private final Timer timer;
  private final long begun;

  /** Nanoseconds since it began, plus one, so that zero is: never. */
  private final AtomicLongArray marks = new AtomicLongArray(MARKS);

  PhaseClock(Timer timer) {
    this.timer = timer;
    this.begun = timer.nanoTime();
  }

  /** The first time counts of what begins, and the last of what ends. */
  void mark(Attempt.Mark mark) {
    long now = timer.nanoTime() - begun + 1;
    if (mark.isBeginning()) {
      marks.compareAndSet(mark.ordinal(), 0, now);
    } else {
      marks.set(mark.ordinal(), now);
    }
  }

  private long at(Attempt.Mark mark) {
    return marks.get(mark.ordinal());
  }

  Phases phases() {
    boolean connecting = at(Attempt.Mark.CONNECT_START) > 0;
    long granted = at(Attempt.Mark.GRANTED);
    return new Phases(
        Duration.ofNanos(Math.max(0, granted - 1)),
        between(Attempt.Mark.DNS_START, Attempt.Mark.DNS_END),
        between(
            Attempt.Mark.CONNECT_START,
            at(Attempt.Mark.TLS_START) > 0 ? Attempt.Mark.TLS_START : Attempt.Mark.CONNECTED),
        between(Attempt.Mark.TLS_START, Attempt.Mark.TLS_END),
        between(Attempt.Mark.SEND_START, Attempt.Mark.SENT),
        between(Attempt.Mark.SENT, Attempt.Mark.HEADERS),
        between(Attempt.Mark.HEADERS, Attempt.Mark.RECEIVED),
        between(Attempt.Mark.RECEIVED, Attempt.Mark.DECODED),
        !connecting && at(Attempt.Mark.CONNECTED) > 0);
  }

  private Duration between(Attempt.Mark start, Attempt.Mark end) {
    long from = at(start);
    long to = at(end);
    return from == 0 || to <= from ? Duration.ZERO : Duration.ofNanos(to - from);
  }
}
