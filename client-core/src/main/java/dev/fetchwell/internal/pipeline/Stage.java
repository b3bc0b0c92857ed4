package dev.fetchwell.internal.pipeline;

import dev.fetchwell.http.FetchRequest;
import java.util.concurrent.CompletableFuture;

/**
 * One concern of a call, wrapped around the next.
 *
 * <p>{@link #send} never throws and never blocks. Its future ends with a reply, a {@code
 * FetchError}, a {@code CancellationException}, or something foreign that {@code CallEngine} makes
 * an {@code UnexpectedError} of. However that future ends, the stage gives back what it holds and
 * cancels the future of the next stage. A reply that comes after that is given up.
 */
public interface Stage {

  /** Sends the request. */
  CompletableFuture<Reply> send(FetchRequest request, CallContext context);

  /** What {@link #send} gives; a failed future also where it throws all the same. */
  default CompletableFuture<Reply> sent(FetchRequest request, CallContext context) {
    try {
      return send(request, context);
    } catch (Throwable thrown) {
      // Such as a class that cannot be loaded, or memory at its end.
      return CompletableFuture.failedFuture(thrown);
    }
  }
}
