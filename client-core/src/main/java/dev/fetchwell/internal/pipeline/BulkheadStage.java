package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.concurrent.AsyncBulkhead;
import dev.fetchwell.internal.concurrent.CallFuture;
import dev.fetchwell.internal.concurrent.Futures;
import dev.fetchwell.internal.concurrent.Timer.Scheduled;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how much runs at once: a permit of the host, then one of the client. Who waits for a
 * host's permit holds none of the client's, so a slow host never blocks another.
 *
 * <p>Permits are held until the reply's body has ended, also a streamed one.
 */
public final class BulkheadStage implements Stage {

  private final Stage next;
  private final Bulkheads bulkheads;
  private final AtomicInteger inFlight = new AtomicInteger();

  /** Only ever goes to true. */
  private volatile boolean closed;

  /** Wraps the next stage. */
  public BulkheadStage(Stage next, Bulkheads bulkheads) {
    this.next = next;
    this.bulkheads = bulkheads;
  }

  /** How many calls hold a permit. */
  public int inFlight() {
    return inFlight.get();
  }

  /** How many calls wait for one. */
  public int queued() {
    return bulkheads.queued();
  }

  /** From now on sends nothing more; whoever closes ends the calls that wait. */
  public void close() {
    closed = true;
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    Entry entry = new Entry(request, context);
    entry.start();
    return entry.outer;
  }

  /**
   * One request on its way in and out. Its steps follow each other, each in the completion of the
   * last, so its fields need no lock; only {@code outer} may be ended by another thread.
   */
  private final class Entry {

    private final CallFuture<Reply> outer = new CallFuture<>();
    private final FetchRequest request;
    private final CallContext context;
    private final Bulkheads.Held held;

    /** Set by the first wait; a second one, for the other permit, goes on under the same limit. */
    private @Nullable Scheduled queueTimeout;

    private Entry(FetchRequest request, CallContext context) {
      this.request = request;
      this.context = context;
      this.held = bulkheads.enter(request.uri().hostAndPort());
    }

    private void start() {
      context.waitsForPermit(true);
      await(
          held.host(),
          "host " + held.name(),
          permit -> {
            held.hold(permit);
            await(
                bulkheads.all(),
                "the client",
                second -> {
                  held.hold(second);
                  proceed();
                });
          });
    }

    private void await(
        AsyncBulkhead bulkhead, String whose, Consumer<AsyncBulkhead.Permit> granted) {
      Optional<CompletableFuture<AsyncBulkhead.Permit>> place = bulkhead.acquire();
      if (place.isEmpty()) {
        reject("all permits of " + whose + " and all places in the queue are taken");
        return;
      }
      CompletableFuture<AsyncBulkhead.Permit> waiting = place.get();
      if (!waiting.isDone() && queueTimeout == null) {
        queueTimeout = queued();
      }
      outer.givesUp(() -> waiting.cancel(false));
      Futures.whenEnded(
          waiting,
          (permit, thrown) -> {
            if (thrown == null) {
              granted.accept(permit);
            } else {
              leave(thrown);
            }
          });
    }

    private Scheduled queued() {
      context.events().queued();
      Optional<Duration> limit = context.settings().timeouts().queue();
      return limit.isEmpty()
          ? Scheduled.NONE
          : context.timer().schedule(limit.get(), () -> timedOut(limit.get()));
    }

    private void cancelQueueTimeout() {
      if (queueTimeout != null) {
        queueTimeout.cancel();
      }
    }

    private void timedOut(Duration limit) {
      outer.completeExceptionally(
          new FetchTimeoutError(FetchTimeoutError.Phase.QUEUE, limit, context.facts(), null));
    }

    private void proceed() {
      cancelQueueTimeout();
      if (closed || outer.isEnding()) {
        held.release();
        return;
      }
      if (!held.admit()) {
        reject("resilience4j's bulkhead refused");
        return;
      }
      context.waitsForPermit(false);
      inFlight.incrementAndGet();
      CompletableFuture<Reply> inner = next.send(request, context);
      outer.givesUp(() -> inner.cancel(false));
      Futures.whenEnded(
          inner,
          (reply, thrown) -> {
            if (thrown != null) {
              exit();
              leaveOuter(thrown);
            } else {
              reply.whenEnded(this::exit);
              if (!outer.complete(reply)) {
                reply.discard();
              }
            }
          });
    }

    private void exit() {
      inFlight.decrementAndGet();
      held.release();
    }

    private void reject(String limit) {
      held.reject();
      leave(new BulkheadFullError(limit, context.facts()));
    }

    private void leave(Throwable thrown) {
      cancelQueueTimeout();
      held.release();
      leaveOuter(thrown);
    }

    private void leaveOuter(Throwable thrown) {
      if (thrown instanceof CancellationException) {
        outer.cancel(false);
      } else if (thrown instanceof FetchError) {
        outer.completeExceptionally(thrown);
      } else {
        outer.completeExceptionally(new UnexpectedError(context.facts(), thrown));
      }
    }
  }
}
