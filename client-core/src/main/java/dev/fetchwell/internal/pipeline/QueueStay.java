package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.KeyedQueueLimit;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt takes while it waits in the queues of one stage: a place, and time, which its
 * queue timeout bounds. Used by the thread that has the call, and left by any.
 */
public final class QueueStay {

  private final CallContext context;
  private final CallFuture<?> attempt;
  private final String host;
  private volatile long since;

  /** Written after the time. */
  private volatile boolean began;

  /** Guarded by this, as is the next. */
  private boolean left;

  private @Nullable KeyedQueueLimit place;

  /**
   * A stay that takes nothing yet.
   *
   * @param attempt what ends with an error when the queue timeout is over
   * @param host whose places it takes
   */
  public QueueStay(CallContext context, CallFuture<?> attempt, String host) {
    this.context = context;
    this.attempt = attempt;
    this.host = host;
  }

  /** Whether it has one of these places now; one of another queue is given back. */
  public boolean take(KeyedQueueLimit places) {
    synchronized (this) {
      if (place == places) {
        return true;
      }
    }
    if (!places.take(host)) {
      return false;
    }
    KeyedQueueLimit unwanted;
    synchronized (this) {
      unwanted = left ? places : place;
      place = left ? place : places;
    }
    if (unwanted != null) {
      unwanted.giveBack(host);
    }
    return true;
  }

  /** It waits now; one queue timeout for all waits. */
  public void waitsFor(String what) {
    context.attempt().markWaitingFor(what);
    if (began) {
      return;
    }
    since = nanoTime();
    began = true;
    Duration limit = context.options().queueTimeout();
    if (limit != null) {
      context.platform().limit(attempt, limit, () -> timeout(limit));
    }
  }

  private FetchTimeoutError timeout(Duration limit) {
    return new FetchTimeoutError(
        FetchTimeoutError.Phase.QUEUE,
        "waiting for a turn",
        limit,
        context.waitsFor(),
        context.facts());
  }

  /** How long it may still wait; at least zero. */
  public Duration patience() {
    Duration left = context.remaining();
    Duration limit = context.options().queueTimeout();
    if (limit == null) {
      return left;
    }
    Duration queueing = began ? limit.minusNanos(nanoTime() - since) : limit;
    Duration least = queueing.compareTo(left) < 0 ? queueing : left;
    return least.isNegative() ? Duration.ZERO : least;
  }

  /** What bounds the patience, as a message says it. */
  public String bound() {
    Duration limit = context.options().queueTimeout();
    boolean byQueue = limit != null && limit.compareTo(context.remaining()) < 0;
    return byQueue ? "queueTimeout" : "deadline";
  }

  /** The attempt goes on; whoever calls this drops the queue timeout. */
  public void goesOn() {
    if (began) {
      context.attempt().markWaitingFor("");
      context.addQueueNanos(nanoTime() - since);
    }
    leave();
  }

  /** Gives the place back; again it does nothing. */
  public void leave() {
    KeyedQueueLimit last;
    synchronized (this) {
      last = left ? null : place;
      left = true;
    }
    if (last != null) {
      last.giveBack(host);
    }
  }

  private long nanoTime() {
    return context.platform().timer().nanoTime();
  }
}
