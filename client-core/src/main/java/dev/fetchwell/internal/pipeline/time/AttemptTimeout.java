package dev.fetchwell.internal.pipeline.time;

import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.Upload;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Limits the time of one exchange with the server; a streamed one's until its headers are here.
 *
 * <p>A request body that goes on is no reason to give up, however large it is: while it is sent,
 * this limits the time in which none of it is taken, and after that the wait for the answer. Who
 * sends it only notes the time; the timer looks there when it is due.
 *
 * <p>Nor is the wait for a turn to connect, which others have: it is limited by the deadline.
 *
 * <p>It has a timer of its own also where the deadline comes first: if a cancel from above got
 * lost, that would cost time, and no permit. That timer comes a little later: with both at once, on
 * two threads, the deadline would end the call while the other still gives up what is behind it.
 */
public final class AttemptTimeout implements Stage {

  private static final long AFTER_DEADLINE_NANOS = 50_000_000;

  private final Stage next;

  private AttemptTimeout(Stage next) {
    this.next = next;
  }

  /** The layer. */
  public static Layer layer() {
    return AttemptTimeout::new;
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    CallFuture<Reply> outer = new CallFuture<>();
    Attempt attempt = context.attempt();
    long start = context.platform().timer().nanoTime();
    attempt.markOnWire(start);
    Limit limit = new Limit(attempt, start, context);
    context.platform().limit(outer, limit.left(start), limit, limit);
    if (!outer.isEnding()) {
      outer.follow(next.sent(request, context));
    }
    return outer;
  }

  /** What is left of the time, and the error when nothing is; one object, as each call has one. */
  private record Limit(Attempt attempt, long start, CallContext context)
      implements LongSupplier, Supplier<FetchTimeoutError> {

    @Override
    public long getAsLong() {
      return left(context.platform().timer().nanoTime());
    }

    private long left(long now) {
      boolean uploads = attempt.upload() != Upload.NONE;
      long since = uploads ? attempt.uploadNanos() : start;
      long gone = now - since - (uploads ? 0 : attempt.pausedNanos(now));
      long own = context.options().attemptTimeout().toNanos() - gone;
      long total = context.remainingNanos(now);
      return own < total || total == 0 ? Math.min(own, total) : total + AFTER_DEADLINE_NANOS;
    }

    @Override
    public FetchTimeoutError get() {
      return context.remaining().isZero()
          ? Timeouts.total(context)
          : Timeouts.attempt(attempt, context);
    }
  }
}
