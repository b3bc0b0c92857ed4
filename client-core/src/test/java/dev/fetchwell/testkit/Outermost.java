package dev.fetchwell.testkit;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * What the engine makes of a reply, around the stages of a test: an error of its status unless any
 * is wanted, and an unexpected error of what is foreign.
 */
public final class Outermost implements Stage {

  private final Stage next;

  private Outermost(Stage next) {
    this.next = next;
  }

  /** The stage within an engine. */
  public static Stage around(Stage next) {
    return new Outermost(next);
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    CallFuture<Reply> outer = new CallFuture<>();
    outer.follow(
        next.send(request, context),
        reply -> {
          if (reply.isError() && !context.wantsAnyStatus()) {
            outer.completeExceptionally(context.withHistory(reply.error(context)));
          } else {
            outer.complete(reply);
          }
        },
        thrown -> {
          if (thrown instanceof CancellationException) {
            outer.cancel(false);
          } else {
            outer.completeExceptionally(context.error(thrown));
          }
        });
    return outer;
  }
}
