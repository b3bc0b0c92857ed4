package dev.fetchwell.internal.pipeline.flight;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One reply for several callers. What its call holds, permits and room for the body, goes back once
 * the last of them has made its value or has left; so values that are made slowly slow the wire.
 */
final class SharedReply {

  private final Reply reply;
  private final boolean hasOneCaller;
  private final AtomicInteger left;

  /**
   * A reply to be shared.
   *
   * @param callers how many shares there will be, at least one
   */
  SharedReply(Reply reply, int callers) {
    this.reply = reply;
    hasOneCaller = callers == 1;
    left = new AtomicInteger(callers);
  }

  /** One of as many as there are callers. */
  Share share() {
    return new Share();
  }

  /** What one caller has of it, until it is cancelled. */
  final class Share implements Cancellable {

    private final AtomicBoolean done = new AtomicBoolean();

    private Share() {}

    /** Whether nobody else has one. */
    boolean isOnlyOne() {
      return hasOneCaller;
    }

    /**
     * The reply as the caller wants it, with its value if it has one.
     *
     * @throws FetchError if the caller has no use for it
     */
    Reply readFor(CallContext caller) {
      FetchError flaw = reply.flawFor(caller);
      if (flaw != null) {
        throw flaw;
      }
      Reply own = reply.forCaller(hasOneCaller);
      try {
        return caller.readsNow(own) ? own.read(caller) : own;
      } catch (FetchError known) {
        throw known;
      } catch (Throwable thrown) {
        throw new UnexpectedError(caller.facts(), thrown);
      }
    }

    @Override
    public void cancel() {
      if (done.compareAndSet(false, true) && left.decrementAndGet() == 0) {
        reply.cancel();
      }
    }
  }
}
