package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.async.Timer;
import dev.fetchwell.internal.pipeline.Attempt;
import java.io.IOException;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The turn of one call to connect. OkHttp asks its pool, then says that it selects a proxy, then
 * looks up the name and connects; so the call's thread waits when it is about to select, where
 * OkHttp holds no lock.
 *
 * <p>To have OkHttp ask its pool again, {@link LookAgain} is thrown, which it takes for a route
 * that failed: it plans again, from the pool on. The first time that is done at once: a connection
 * may have come free after OkHttp asked and before this call stood in the line.
 *
 * <p>Used by the call's thread; ended by any.
 */
final class ConnectTurn {

  private final WireLimits limits;
  private final String host;
  private final Attempt attempt;
  private final boolean pooled;
  private final Timer timer;

  // Written by the call's thread, read by the timer.
  private volatile boolean waiting;
  private volatile long waitsSince;
  private volatile long waitedBefore;

  /** Null while it neither connects nor waits; written under this. */
  private ConnectPacing.@Nullable Turn turn;

  /** Only ever goes to true, as does the next. */
  private boolean over;

  private volatile boolean failed;

  ConnectTurn(WireLimits limits, String host, Attempt attempt, Timer timer) {
    this.timer = timer;
    this.limits = limits;
    this.host = host;
    this.attempt = attempt;
    this.pooled = !attempt.needsFreshConnection();
  }

  /** Goes on once it is this call's turn to connect. */
  void await() throws IOException {
    ConnectPacing.Turn known;
    ConnectPacing.Turn now;
    synchronized (this) {
      known = turn;
      now = known == null ? limits.connecting().enter(host, pooled) : known;
      turn = now;
      if (over) {
        now.end(ConnectPacing.End.UNUSED);
      }
    }
    if (now.isTaken()) {
      goOn();
      return;
    }
    waits();
    attempt.markWaitingFor(
        "its turn to connect to the host, by maxConnecting " + limits.maxConnecting());
    if (known == null && pooled) {
      throw new LookAgain();
    }
    await(now);
    goOn();
  }

  /** On the call's thread, as is the next. */
  private void waits() {
    if (!waiting) {
      waitsSince = timer.nanoTime();
      waiting = true;
      attempt.pausedBy(this::waitedNanos);
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // By one thread.
  private void goOn() {
    if (waiting) {
      waitedBefore += timer.nanoTime() - waitsSince;
      waiting = false;
    }
    attempt.markWaitingFor("");
  }

  private long waitedNanos(long now) {
    return waitedBefore + (waiting ? now - waitsSince : 0);
  }

  private void await(ConnectPacing.Turn now) throws IOException {
    try {
      if (now.await() == ConnectPacing.News.LOOK) {
        throw new LookAgain();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while it waited to connect");
    }
  }

  /**
   * The call has a connection.
   *
   * @param opened whether it made that
   * @param shared whether it made one that others can use at the same time
   */
  void connected(boolean opened, boolean shared) {
    goOn();
    leave(opened ? ConnectPacing.End.CONNECTED : ConnectPacing.End.UNUSED);
    if (shared) {
      limits.connecting().connectionShared(host);
    }
  }

  /** The call has left its connection to others. */
  void released() {
    limits.connecting().connectionFree(host);
  }

  /** A way to a connection failed; another one may still lead there. */
  void failed() {
    failed = true;
  }

  /** The call has ended, or was given up; whatever comes later does not wait. */
  void end() {
    synchronized (this) {
      over = true;
    }
    leave(failed ? ConnectPacing.End.FAILED : ConnectPacing.End.UNUSED);
  }

  private void leave(ConnectPacing.End how) {
    ConnectPacing.Turn now;
    synchronized (this) {
      now = turn;
      turn = null;
    }
    if (now != null) {
      now.end(how);
    }
  }

  /** Makes OkHttp ask its pool again. */
  static final class LookAgain extends IOException {

    private static final long serialVersionUID = 1L;

    private LookAgain() {
      super("cannot connect");
    }

    /** Without a stack, as there may be thousands. */
    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }
}
