package dev.fetchwell.observe;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.internal.text.JsonWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** HAR's timings of an attempt, in nanoseconds; -1 of what did not happen. */
record HarTimings(
    long blocked, long dns, long connect, long ssl, long send, long waiting, long receive) {

  /** What an attempt spends its time with. */
  enum Part {
    BLOCKED,
    DNS,
    CONNECT,
    WAIT,
    RECEIVE
  }

  /** Of an attempt that took some time, not all of which its phases need account for. */
  static HarTimings of(Phases phases, long elapsed, int status, @Nullable FetchError error) {
    long tls = phases.tls().toNanos();
    HarTimings known =
        new HarTimings(
            phases.queue().toNanos(),
            ifAny(phases.dns()),
            ifAny(phases.connect().plusNanos(tls)),
            ifAny(phases.tls()),
            phases.send().toNanos(),
            phases.waiting().toNanos(),
            phases.receive().toNanos());
    long rest = elapsed - known.sum() - phases.decode().toNanos();
    return rest > 0 ? known.with(partOf(status, error), rest) : known;
  }

  /** Of a call that made no attempt. */
  static HarTimings ofQueue(long queued, long elapsed) {
    return new HarTimings(queued, -1, -1, -1, 0, Math.max(0, elapsed - queued), 0);
  }

  private static long ifAny(Duration time) {
    return time.isZero() ? -1 : time.toNanos();
  }

  /**
   * Where the time went that no phase accounts for: on this side, between two phases, if all went
   * its way; else in the part that came to nothing.
   */
  private static Part partOf(int status, @Nullable FetchError error) {
    if (status > 0) {
      boolean answered = error == null || error instanceof HttpStatusError;
      return answered ? Part.BLOCKED : Part.RECEIVE;
    }
    if (error instanceof FetchTimeoutError timeout) {
      return switch (timeout.phase()) {
        case QUEUE -> Part.BLOCKED;
        case CONNECT -> Part.CONNECT;
        default -> Part.WAIT;
      };
    }
    if (error instanceof ConnectionError broken) {
      return switch (broken.kind()) {
        case DNS -> Part.DNS;
        case CONNECT, TLS -> Part.CONNECT;
        default -> Part.WAIT;
      };
    }
    boolean neverSent = error != null && !error.mayHaveBeenProcessed();
    return neverSent ? Part.BLOCKED : Part.WAIT;
  }

  private HarTimings with(Part part, long more) {
    return new HarTimings(
        blocked + (part == Part.BLOCKED ? more : 0),
        part == Part.DNS ? Math.max(0, dns) + more : dns,
        part == Part.CONNECT ? Math.max(0, connect) + more : connect,
        ssl,
        send,
        waiting + (part == Part.WAIT ? more : 0),
        receive + (part == Part.RECEIVE ? more : 0));
  }

  /** All of it: the handshake is a part of connecting. */
  long sum() {
    return blocked + Math.max(0, dns) + Math.max(0, connect) + send + waiting + receive;
  }

  void writeTo(JsonWriter json) {
    json.object("timings")
        .put("blocked", millis(blocked))
        .put("dns", millis(dns))
        .put("connect", millis(connect))
        .put("ssl", millis(ssl))
        .put("send", millis(send))
        .put("wait", millis(waiting))
        .put("receive", millis(receive))
        .endObject();
  }

  /** With three digits; -1 stays what it is. */
  static double millis(long nanos) {
    return nanos < 0 ? -1 : Math.floorDiv(nanos, 1_000L) / 1_000.0;
  }
}
