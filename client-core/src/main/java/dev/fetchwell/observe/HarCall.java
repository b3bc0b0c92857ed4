package dev.fetchwell.observe;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.internal.text.RequestUri;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a call that runs. Its events come one at a time. The attempt that ended last is
 * held until the next event, as only that tells whether the call has ended with it.
 */
final class HarCall {

  private final CallInfo call;
  private final long started;
  private final int bodies;
  private final LongFunction<Instant> date;
  private final Consumer<HarEntry> out;

  /** Attempts that run, by number. */
  private final Map<Integer, Begun> running = new HashMap<>();

  private @Nullable HarEntry held;
  private @Nullable RetryScheduled retry;
  private @Nullable Hedged hedge;
  private boolean joined;
  private boolean attempted;

  /** An attempt, or its hop that runs. */
  private static final class Begun {

    private long since;
    private int hop;
    private @Nullable String target;
    private @Nullable RetryScheduled retry;
    private @Nullable Hedged hedge;
    private @Nullable Throttled throttled;

    private Begun(long since) {
      this.since = since;
    }
  }

  /**
   * A call that begins.
   *
   * @param bodies how many bytes of each body are written
   * @param date the date of a moment of the clock
   */
  HarCall(CallInfo call, long now, int bodies, LongFunction<Instant> date, Consumer<HarEntry> out) {
    this.call = call;
    this.started = now;
    this.bodies = bodies;
    this.date = date;
    this.out = out;
  }

  void attemptStarted(int attempt, long now) {
    letGo();
    Begun begun = new Begun(now);
    if (retry != null && retry.nextAttempt() == attempt) {
      begun.retry = retry;
    }
    if (hedge != null && hedge.attempt() == attempt) {
      begun.hedge = hedge;
    }
    retry = null;
    hedge = null;
    attempted = true;
    running.put(attempt, begun);
  }

  void throttled(Throttled event) {
    running.values().forEach(each -> each.throttled = event);
  }

  void retryScheduled(RetryScheduled event) {
    retry = event;
  }

  void hedged(Hedged event) {
    hedge = event;
  }

  void flightJoined() {
    joined = true;
  }

  void redirected(Redirected event, long now) {
    Begun begun = running.computeIfAbsent(event.attempt(), number -> new Begun(now));
    HarTimings timings = HarTimings.of(event.phases(), now - begun.since, event.status(), null);
    String target = RequestUri.redacted(event.target());
    letGo();
    out.accept(
        entry(begun, timings, event.attempt(), event.status(), event.exchanged(), event.phases())
            .redirectedTo(target));
    Begun next = new Begun(now);
    next.hop = begun.hop + 1;
    next.target = target;
    running.put(event.attempt(), next);
  }

  void attemptEnded(AttemptEnded event, long now) {
    Begun begun = running.remove(event.attempt());
    if (begun == null) {
      return;
    }
    letGo();
    HarTimings timings =
        HarTimings.of(event.phases(), now - begun.since, event.status(), event.error());
    HarEntry entry =
        entry(begun, timings, event.attempt(), event.status(), event.exchanged(), event.phases());
    if (event.status() == 0 && event.error() == null) {
      entry.with("givenUp", true);
    }
    held = entry.failed(event.error());
  }

  private HarEntry entry(
      Begun begun,
      HarTimings timings,
      int attempt,
      int status,
      @Nullable Exchanged exchanged,
      Phases phases) {
    HarEntry entry =
        new HarEntry(
                call, date.apply(begun.since), timings, status, exchanged, begun.target, bodies)
            .with("attempt", attempt);
    if (begun.hop > 0) {
      entry.with("hop", begun.hop);
    }
    if (begun.retry != null) {
      entry.with("retryDelay", begun.retry.delay());
      entry.with("retryReason", reason(begun.retry.error()));
    }
    if (begun.hedge != null) {
      entry.with("hedgedAfter", begun.hedge.after());
    }
    if (begun.throttled != null) {
      entry.with("throttledBy", begun.throttled.reason().name());
    }
    if (!phases.decode().isZero()) {
      entry.with("decode", phases.decode());
    }
    if (exchanged != null) {
      entry.with("reusedConnection", phases.reused());
    }
    return entry;
  }

  static String reason(FetchError error) {
    return error instanceof HttpStatusError failed
        ? Integer.toString(failed.status())
        : error.getClass().getSimpleName();
  }

  void ended(CallEnded event, long now) {
    HarEntry last = last(event.queueTime(), now, event.status());
    if (!attempted) {
      last.failed(event.error());
    }
    if (event.error() != null) {
      last.with("callError", reason(event.error()));
    }
    last.with("outcome", event.error() == null ? "ok" : "failed")
        .with("callTime", event.elapsed())
        .with("queueTime", event.queueTime());
    out.accept(last);
  }

  void cancelled(CallCancelled event, long now) {
    out.accept(
        last(Duration.ZERO, now, 0).with("outcome", "cancelled").with("callTime", event.elapsed()));
  }

  /** The last attempt; or what stands for a call that made none. */
  private HarEntry last(Duration queued, long now, int status) {
    HarEntry last = held;
    held = null;
    if (last != null) {
      return last;
    }
    HarTimings timings = HarTimings.ofQueue(queued.toNanos(), now - started);
    HarEntry none =
        new HarEntry(call, date.apply(started), timings, status, null, null, bodies)
            .with("attempt", 0);
    return joined ? none.with("flightJoined", true) : none;
  }

  private void letGo() {
    if (held != null) {
      out.accept(held);
      held = null;
    }
  }
}
