package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.http.FetchRequest;
import java.util.concurrent.CompletableFuture;

/** Ends the whole call at its deadline, whatever it is doing. */
public final class DeadlineStage implements Stage {

  private final Stage next;

  /** Wraps the next stage. */
  public DeadlineStage(Stage next) {
    this.next = next;
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    return TimeLimit.within(
        context.remaining(),
        context.timer(),
        () -> context.withHistory(timeout(context)),
        () -> next.send(request, context));
  }

  private static FetchTimeoutError timeout(CallContext context) {
    return new FetchTimeoutError(
        FetchTimeoutError.Phase.TOTAL,
        context.settings().timeouts().total(),
        context.facts(),
        null);
  }
}
