package dev.fetchwell.internal.pipeline.permits;

import dev.fetchwell.internal.pipeline.CallContext;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A host's limit that follows how the host does, and the host's permits that follow the limit.
 * Thread-safe.
 *
 * <p>An open stream counts against {@code maxConcurrencyPerHost} until its end, but against this
 * limit only until its headers are here: some last for hours and say nothing about the load, and
 * few of them would leave no permit for anything else.
 */
final class HostLimit {

  private final String host;
  private final Hosts.Pool pool;

  /** Held for some arithmetic only. */
  private final ReentrantLock lock = new ReentrantLock();

  private final GradientLimit gradient;

  /** What {@code gradient} says; written under the lock. */
  private volatile int limit;

  /** What listeners have been told last; written under the lock. */
  private volatile int told;

  /** Attempts that are on their way to their headers. */
  private final AtomicInteger inFlight = new AtomicInteger();

  HostLimit(String host, Hosts.Pool pool, GradientLimit gradient) {
    this.host = host;
    this.pool = pool;
    this.gradient = gradient;
    limit = gradient.limit();
    told = limit;
  }

  int limit() {
    return limit;
  }

  /** An attempt has its permits; the measurement must be ended. */
  Measurement begin(CallContext context) {
    return new Measurement(this, context, inFlight.incrementAndGet());
  }

  /**
   * The attempt is on its way no longer.
   *
   * @return how many there were until now, itself included
   */
  int leave() {
    return inFlight.getAndDecrement();
  }

  /** A sample that says how long the host took. */
  void answered(long startNanos, long nowNanos, long latencyNanos, int peers) {
    change(() -> gradient.answered(startNanos, nowNanos, latencyNanos, peers));
  }

  /** A sample that says that the host has too much to do. */
  void overloaded(long startNanos, long nowNanos, int peers) {
    change(() -> gradient.overloaded(startNanos, nowNanos, peers));
  }

  private void change(Runnable sample) {
    int before;
    int after;
    lock.lock();
    try {
      before = limit;
      sample.run();
      after = gradient.limit();
      limit = after;
    } finally {
      lock.unlock();
    }
    if (before != after) {
      fitPool();
    }
  }

  /** Also when a stream was opened or has ended. */
  void fitPool() {
    pool.resize(() -> limit + pool.openStreams());
  }

  /**
   * Tells the listeners of a call what has changed since others were told. Not where it changes: a
   * call that is given up can tell nobody.
   */
  void tell(CallContext context) {
    if (told == limit) {
      return;
    }
    int from;
    int to;
    lock.lock();
    try {
      from = told;
      to = limit;
      told = to;
    } finally {
      lock.unlock();
    }
    if (from != to) {
      context.events().limitChanged(host, from, to);
    }
  }
}
