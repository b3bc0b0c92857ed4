package dev.fetchwell.internal.pipeline.time;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import java.util.concurrent.CompletableFuture;

/** Ends the whole call at its deadline, whatever it is doing. */
public final class Deadline implements Stage {

  private final Stage next;

  private Deadline(Stage next) {
    this.next = next;
  }

  /** The layer. */
  public static Layer layer() {
    return Deadline::new;
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    CallFuture<Reply> outer = new CallFuture<>();
    context
        .platform()
        .limit(outer, context.remaining(), () -> context.withHistory(Timeouts.total(context)));
    if (!outer.isEnding()) {
      outer.follow(next.sent(request, context));
    }
    return outer;
  }
}
