package dev.fetchwell.internal.pipeline;

import dev.fetchwell.http.FetchRequest;
import java.util.concurrent.CompletableFuture;

/**
 * One concern of a call, wrapped around the next.
 *
 * <p>{@link #send} never throws and never blocks. Its future ends with a reply, a {@code
 * FetchError} or a {@code CancellationException}, and with nothing else. However that future ends,
 * the stage gives back what it holds and cancels the future of the next stage. A reply that comes
 * after that is {@linkplain Reply#discard() discarded}.
 */
public interface Stage {

  /** Sends the request. */
  CompletableFuture<Reply> send(FetchRequest request, CallContext context);
}
