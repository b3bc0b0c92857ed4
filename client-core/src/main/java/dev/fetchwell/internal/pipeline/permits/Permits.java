package dev.fetchwell.internal.pipeline.permits;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.AsyncBulkhead.Permit;
import dev.fetchwell.internal.async.AsyncBulkhead.Place;
import dev.fetchwell.internal.async.AsyncBulkhead.Waiter;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.CallThread;
import dev.fetchwell.internal.async.Following;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.AdaptiveLimit;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how much runs at once: a permit of the host, then one of the client. Who waits for a
 * host's permit holds none of the client's, so a slow host never blocks another.
 *
 * <p>Permits are held until the reply's body has ended, also a streamed one. An exchange that is
 * given up gives them back at once, also while its thread has not returned; unless as many hang as
 * there are permits: then it keeps them until it is back.
 */
public final class Permits {

  private final Hosts hosts;
  private final AtomicInteger inFlight = new AtomicInteger();

  /** Only ever goes to true. */
  private volatile boolean closed;

  /**
   * The permits of one client.
   *
   * @param adaptive what those of each host follow; null: they stay as they are
   */
  public Permits(
      PermitLimits limits,
      @Nullable AdaptiveLimit adaptive,
      BulkheadRegistry registry,
      Platform platform) {
    this.hosts = new Hosts(limits, adaptive, registry, platform);
  }

  /** The layer. */
  public Layer layer() {
    return next -> (request, context) -> send(next, request, context);
  }

  /** How many calls hold permits. */
  public int inFlight() {
    return inFlight.get();
  }

  /** How many of these have answered, and have a body that is still open. */
  public int openStreams() {
    return hosts.all().openStreams();
  }

  /** How many calls wait for one. */
  public int queued() {
    return hosts.queued();
  }

  /** How many exchanges were given up and have not returned. */
  public int abandoned() {
    return hosts.all().abandoned();
  }

  /** The adaptive limit of each host now; empty if they do not adapt. */
  public Map<String, Integer> adaptiveLimits() {
    return hosts.adaptiveLimits();
  }

  /** From now on sends nothing more; whoever closes ends the calls that wait. */
  public void close() {
    closed = true;
  }

  private CompletableFuture<Reply> send(Stage next, FetchRequest request, CallContext context) {
    HeldPermits held = new HeldPermits(hosts.enter(request.host()), hosts.all(), inFlight);
    Entry entry = new Entry(next, request, context, held);
    try {
      entry.start();
    } catch (Throwable thrown) {
      // No stage throws; but if one did, or memory is at its end, no permit may get lost.
      entry.completeExceptionally(thrown);
    }
    return entry;
  }

  /**
   * One request on its way in and out. Its steps follow each other, each in the completion of the
   * last; but it may be ended by any thread, and then gives back what it holds.
   */
  private final class Entry extends CallFuture<Reply> implements Following<Reply> {

    private final Stage next;
    private final FetchRequest request;
    private final CallContext context;
    private final HeldPermits held;
    private boolean queued;

    /** What it waits for, or waited for last; read by the timer. */
    private volatile Hosts.@Nullable Pool waitsFor;

    private long queuedAt;

    /** From when on the reply's end gives the permits back. */
    private volatile boolean handedOver;

    private Entry(Stage next, FetchRequest request, CallContext context, HeldPermits held) {
      this.next = next;
      this.request = request;
      this.context = context;
      this.held = held;
    }

    private void start() {
      context.attempt().markWaiting(true);
      acquire(held.ofHost());
    }

    private void acquire(Hosts.Pool pool) {
      boolean mayWait = context.attempt().mayWait();
      Place place = mayWait ? pool.permits().acquire() : pool.permits().tryAcquire();
      if (place == null) {
        if (mayWait) {
          pool.twin().tellRejection();
        }
        completeExceptionally(full(pool));
      } else if (place instanceof Permit permit) {
        granted(pool, permit);
      } else if (place instanceof Waiter waiter) {
        waits(pool);
        follow(waiter, permit -> granted(pool, permit), this::completeExceptionally);
      }
    }

    private void granted(Hosts.Pool pool, Permit permit) {
      if (!held.hold(permit)) {
        return;
      }
      if (pool == held.ofAll()) {
        proceed();
      } else {
        acquire(held.ofAll());
      }
    }

    private BulkheadFullError full(Hosts.Pool pool) {
      String taken = "all permits of " + pool.whoseNow() + " and all places in its queue are taken";
      String byStreams = pool.heldByStreams();
      return new BulkheadFullError(
          byStreams.isEmpty() ? taken : taken + ": " + byStreams, context.facts());
    }

    /** One limit for both waits. */
    private void waits(Hosts.Pool pool) {
      waitsFor = pool;
      context.attempt().markWaitingFor(waitedFor(pool));
      if (queued) {
        return;
      }
      queued = true;
      queuedAt = context.platform().timer().nanoTime();
      context.events().queued();
      Duration limit = context.options().queueTimeout();
      if (limit != null) {
        context.platform().limit(this, limit, () -> timeout(limit));
      }
    }

    private FetchTimeoutError timeout(Duration limit) {
      Hosts.Pool pool = waitsFor;
      String what = pool == null ? "" : waitedFor(pool);
      return new FetchTimeoutError(FetchTimeoutError.Phase.QUEUE, limit, what, context.facts());
    }

    private static String waitedFor(Hosts.Pool pool) {
      String byStreams = pool.heldByStreams();
      return byStreams.isEmpty() ? "" : pool.whose() + ": " + byStreams;
    }

    private void proceed() {
      unlimited();
      if (queued) {
        context.attempt().markWaitingFor("");
        context.addQueueNanos(context.platform().timer().nanoTime() - queuedAt);
      }
      if (closed) {
        completeExceptionally(context.cutOff());
        return;
      }
      if (held.admit(context) && !isEnding() && context.attempt().goesOut()) {
        held.tellLimit(context);
        send();
      } else {
        // It ended meanwhile, or nobody needs it: nothing may be sent any longer.
        held.release();
        cancel();
      }
    }

    private void send() {
      CompletableFuture<Reply> sent;
      CallThread.offer(context);
      try {
        sent = next.sent(request, context);
      } finally {
        CallThread.withdraw();
      }
      follow(sent, this);
    }

    @Override
    public void failed(Throwable error) {
      held.ended(context, error);
      completeExceptionally(error);
    }

    @Override
    public void succeeded(Reply reply) {
      held.ended(context, null);
      if (reply.open() != null) {
        held.streamOpened();
      }
      // In this order: from then on the reply's end is what gives the permits back.
      reply.whenEnded(held::release);
      handedOver = true;
      complete(reply);
    }

    @Override
    protected void givenUp() {
      if (!handedOver) {
        held.release();
      }
    }
  }
}
