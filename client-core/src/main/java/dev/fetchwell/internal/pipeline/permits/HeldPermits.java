package dev.fetchwell.internal.pipeline.permits;

import dev.fetchwell.internal.async.AsyncBulkhead.Permit;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt holds of its host and of the client. Filled by the thread that has the call,
 * released once by any: what comes after that goes back at once.
 */
final class HeldPermits {

  private final Hosts.Host host;
  private final Hosts.Pool all;
  private final AtomicInteger inFlight;

  /** Guarded by this, as are the ones below. */
  private boolean released;

  private @Nullable Permit ofHost;
  private @Nullable Permit ofAll;
  private boolean twinOfHost;
  private boolean twinOfAll;
  private @Nullable Attempt admitted;
  private @Nullable Measurement measured;
  private boolean streaming;

  /**
   * Holds nothing yet but the host itself.
   *
   * @param inFlight counts those that are admitted and not released
   */
  HeldPermits(Hosts.Host host, Hosts.Pool all, AtomicInteger inFlight) {
    this.host = host;
    this.all = all;
    this.inFlight = inFlight;
  }

  Hosts.Pool ofHost() {
    return host.pool();
  }

  Hosts.Pool ofAll() {
    return all;
  }

  /** Keeps a permit; false if all was released, and so is this. */
  boolean hold(Permit permit) {
    synchronized (this) {
      if (!released) {
        if (ofHost == null) {
          ofHost = permit;
        } else {
          ofAll = permit;
        }
        return true;
      }
    }
    permit.release();
    return false;
  }

  /** Both permits are here and the attempt may go on; false if all was released meanwhile. */
  boolean admit(CallContext context) {
    boolean byHost = host.pool().twin().take();
    boolean byAll = all.twin().take();
    HostLimit limit = host.limit();
    Measurement measurement = limit == null ? null : limit.begin(context);
    synchronized (this) {
      if (!released) {
        twinOfHost = byHost;
        twinOfAll = byAll;
        measured = measurement;
        admitted = context.attempt();
        if (ofHost != null) {
          admitted.markNumberAtHost(ofHost.number());
        }
        inFlight.incrementAndGet();
        return true;
      }
    }
    if (measurement != null) {
      measurement.discard();
    }
    releaseTwins(byHost, byAll);
    return false;
  }

  /** The attempt has ended, with a reply or an error; its permits may still be needed. */
  void ended(CallContext context, @Nullable Throwable error) {
    if (host.limit() == null) {
      return;
    }
    Measurement measurement;
    synchronized (this) {
      measurement = measured;
    }
    if (measurement != null) {
      measurement.end(error);
    }
    if (!(error instanceof CancellationException)) {
      // A deadline cancels on the timer's thread, which must not run listeners.
      tellLimit(context);
    }
  }

  /** Tells listeners if the host's limit has changed. */
  void tellLimit(CallContext context) {
    HostLimit limit = host.limit();
    if (limit != null) {
      limit.tell(context);
    }
  }

  /** The reply has come, and its body is still open. */
  void streamOpened() {
    synchronized (this) {
      if (released) {
        return;
      }
      streaming = true;
      host.pool().streamOpened();
      all.streamOpened();
    }
    host.fitPool();
  }

  private void releaseTwins(boolean byHost, boolean byAll) {
    if (byAll) {
      all.twin().release();
    }
    if (byHost) {
      host.pool().twin().release();
    }
  }

  /** Gives everything back, the last first; again it does nothing. */
  void release() {
    synchronized (this) {
      if (released) {
        return;
      }
      released = true;
    }
    // From here on nobody writes the fields any longer, and nobody else gives anything back.
    if (measured != null) {
      measured.end(null);
    }
    if (streaming) {
      host.pool().streamEnded();
      all.streamEnded();
      host.fitPool();
    }
    try {
      releaseTwins(twinOfHost, twinOfAll);
    } finally {
      releaseOwn();
    }
  }

  private void releaseOwn() {
    Attempt attempt = admitted;
    if (attempt != null) {
      inFlight.decrementAndGet();
    }
    if (attempt != null && attempt.isExchanging()) {
      abandon(attempt);
      return;
    }
    try {
      releaseNow(true, true);
    } finally {
      host.leave();
    }
  }

  /**
   * An exchange that is given up need not have ended: its thread may hang in a name lookup, or in
   * callers' code. As many such threads as there are permits, or a few, cost none; what hangs
   * beyond keeps its permit until it is back, so that the threads are bounded.
   */
  private void abandon(Attempt attempt) {
    boolean keepsHosts = !host.pool().abandon();
    boolean keepsClients = !all.abandon();
    Runnable returned =
        () -> {
          host.pool().returned();
          all.returned();
          releaseNow(keepsHosts, keepsClients);
          host.leave();
        };
    boolean hangs = attempt.abandon(returned);
    releaseNow(!keepsHosts, !keepsClients);
    if (!hangs) {
      returned.run();
    }
  }

  private void releaseNow(boolean hosts, boolean clients) {
    if (clients && ofAll != null) {
      ofAll.release();
    }
    if (hosts && ofHost != null) {
      ofHost.release();
    }
  }
}
