package dev.fetchwell.internal.pipeline.time;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Limits the time of one exchange with the server; a streamed one's until its headers are here.
 *
 * <p>It has a timer of its own also where the deadline comes first: if a cancel from above got
 * lost, that would cost time, and no permit.
 */
public final class AttemptTimeout implements Stage {

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
    Duration limit = context.options().attemptTimeout();
    Duration remaining = context.remaining();
    if (remaining.compareTo(limit) <= 0) {
      context.platform().limit(outer, remaining, () -> Timeouts.total(context));
    } else {
      context.platform().limit(outer, limit, () -> Timeouts.attempt(context));
    }
    if (!outer.isEnding()) {
      outer.follow(next.sent(request, context));
    }
    return outer;
  }
}
