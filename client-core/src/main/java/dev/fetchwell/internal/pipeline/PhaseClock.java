package dev.fetchwell.internal.pipeline;

import dev.fetchwell.internal.async.Timer;
import dev.fetchwell.observe.Phases;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * When the parts of one attempt began and ended; there is one only if somebody listens. Written by
 * the threads that work on the attempt, several while they connect; read by any.
 */
final class PhaseClock {

  private final Timer timer;
  private final long begun;

  /** Nanoseconds since it began; guarded by this. */
  private final Map<WireTrace.Mark, Long> marks = new EnumMap<>(WireTrace.Mark.class);

  PhaseClock(Timer timer) {
    this.timer = timer;
    this.begun = timer.nanoTime();
  }

  /** The first time counts of what begins, and the last of what ends. */
  synchronized void mark(WireTrace.Mark mark) {
    long now = timer.nanoTime() - begun;
    if (mark.isBeginning()) {
      marks.putIfAbsent(mark, now);
    } else {
      marks.put(mark, now);
    }
  }

  synchronized Phases phases() {
    boolean connecting = marks.containsKey(WireTrace.Mark.CONNECT_START);
    boolean withTls = marks.containsKey(WireTrace.Mark.TLS_START);
    return new Phases(
        Duration.ofNanos(marks.getOrDefault(WireTrace.Mark.GRANTED, 0L)),
        between(WireTrace.Mark.DNS_START, WireTrace.Mark.DNS_END),
        between(
            WireTrace.Mark.CONNECT_START,
            withTls ? WireTrace.Mark.TLS_START : WireTrace.Mark.CONNECTED),
        between(WireTrace.Mark.TLS_START, WireTrace.Mark.TLS_END),
        between(WireTrace.Mark.SEND_START, WireTrace.Mark.SENT),
        between(WireTrace.Mark.SENT, WireTrace.Mark.HEADERS),
        between(WireTrace.Mark.HEADERS, WireTrace.Mark.RECEIVED),
        between(WireTrace.Mark.RECEIVED, WireTrace.Mark.DECODED),
        !connecting && marks.containsKey(WireTrace.Mark.CONNECTED));
  }

  private Duration between(WireTrace.Mark start, WireTrace.Mark end) {
    Long from = marks.get(start);
    Long to = marks.get(end);
    return from == null || to == null || to <= from ? Duration.ZERO : Duration.ofNanos(to - from);
  }
}
