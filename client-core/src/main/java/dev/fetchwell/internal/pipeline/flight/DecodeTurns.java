package dev.fetchwell.internal.pipeline.flight;

import dev.fetchwell.internal.async.AsyncBulkhead;
import dev.fetchwell.internal.async.AsyncBulkhead.Permit;
import dev.fetchwell.internal.async.AsyncBulkhead.Place;
import dev.fetchwell.internal.async.AsyncBulkhead.Waiter;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.QueueLimit;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.flight.SharedReply.Share;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many callers make values of shared replies at the same time. One reply may be for
 * thousands of callers, and each decodes on a thread of its own; those beyond the bound wait for
 * their turn in order, each until its own deadline.
 *
 * <p>A decoder whose caller has left gives its place back though its thread has not returned;
 * unless as many hang as there are places: then it keeps it until it is back, so that the threads
 * are bounded too. That is as permits do for calls that are not shared.
 */
final class DecodeTurns {

  /** A burst of cancels leaves so many threads on their way back that no small limit feels it. */
  private static final int FEW = 16;

  private final AsyncBulkhead places;
  private final int spare;
  private final Platform platform;
  private final AtomicInteger abandoned = new AtomicInteger();

  DecodeTurns(int atOnce, Platform platform) {
    this.places = new AsyncBulkhead(atOnce, new QueueLimit(Integer.MAX_VALUE), platform::execute);
    this.spare = Math.max(atOnce, FEW);
    this.platform = platform;
  }

  /** How many decoders have not returned whose callers have left. */
  int abandoned() {
    return abandoned.get();
  }

  /**
   * A caller's turn, which must be started.
   *
   * @param caller ends with what was made, or thrown
   * @param share is cancelled with the turn; the thread that had the call is its caller's if that
   *     is the only one
   */
  Turn turn(CallFuture<Reply> caller, Share share, Supplier<Reply> decoder) {
    return new Turn(caller, share, decoder);
  }

  /** Waits, decodes, and is over when it is cancelled, which its caller does at its end. */
  final class Turn implements Cancellable {

    private final CallFuture<Reply> caller;
    private final Share share;
    private final Supplier<Reply> decoder;

    /** Guarded by this, as are the ones below. */
    private @Nullable Place place;

    private boolean running;
    private boolean over;

    /** Whether the place is kept until the thread is back. */
    private boolean keepsPlace;

    private Turn(CallFuture<Reply> caller, Share share, Supplier<Reply> decoder) {
      this.caller = caller;
      this.share = share;
      this.decoder = decoder;
    }

    /** Returns at once unless nobody else is there who would wait for that. */
    void start() {
      Place taken = places.acquire();
      if (!hold(taken)) {
        return;
      }
      if (taken instanceof Waiter waiter) {
        CallFuture<Permit> link = new CallFuture<>();
        link.follow(waiter, this::granted, caller::completeExceptionally);
      } else if (share.isOnlyOne()) {
        decode();
      } else {
        platform.execute(this::decode);
      }
    }

    private boolean hold(@Nullable Place taken) {
      synchronized (this) {
        if (!over) {
          place = taken;
          return true;
        }
      }
      giveBack(taken);
      return false;
    }

    private void granted(Permit permit) {
      if (hold(permit)) {
        decode();
      }
    }

    private void decode() {
      if (!begin()) {
        return;
      }
      Reply made = null;
      Throwable failure = null;
      try {
        made = decoder.get();
      } catch (Throwable thrown) {
        failure = thrown;
      } finally {
        returned();
      }
      if (failure != null) {
        caller.completeExceptionally(failure);
      } else if (made != null) {
        caller.complete(made);
      }
    }

    private synchronized boolean begin() {
      running = !over;
      return running;
    }

    private void returned() {
      Place kept;
      synchronized (this) {
        running = false;
        if (!over) {
          return;
        }
        kept = keepsPlace ? place : null;
      }
      abandoned.decrementAndGet();
      giveBack(kept);
    }

    @Override
    public void cancel() {
      Place left;
      synchronized (this) {
        if (over) {
          return;
        }
        over = true;
        keepsPlace = running && abandoned.getAndIncrement() >= spare;
        left = keepsPlace ? null : place;
      }
      giveBack(left);
      share.cancel();
    }

    private static void giveBack(@Nullable Place left) {
      if (left instanceof Permit permit) {
        permit.release();
      } else if (left instanceof Waiter waiter) {
        waiter.cancel(false);
      }
    }
  }
}
