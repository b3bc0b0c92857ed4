package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.http.FetchRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Limits the time of one request on the wire; a streamed one's until its headers are here. */
public final class AttemptTimeoutStage implements Stage {

  private final Stage next;

  /** Wraps the next stage. */
  public AttemptTimeoutStage(Stage next) {
    this.next = next;
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    Duration limit = context.settings().timeouts().attempt();
    if (!context.settings().streaming() && context.remaining().compareTo(limit) <= 0) {
      // The deadline comes first and is watched already; not so when a stream is opened again.
      return next.send(request, context);
    }
    return TimeLimit.within(
        limit, context.timer(), () -> timeout(limit, context), () -> next.send(request, context));
  }

  private static FetchTimeoutError timeout(Duration limit, CallContext context) {
    return new FetchTimeoutError(FetchTimeoutError.Phase.ATTEMPT, limit, context.facts(), null);
  }
}
