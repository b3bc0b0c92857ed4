package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.Cancellable;

/** A response's body that is still on the wire. Read by one thread at a time, cancelled by any. */
public interface OpenBody extends Cancellable {

  /**
   * Blocks until there are bytes.
   *
   * @return how many, or -1 at the end of the body
   * @throws FetchError if the body breaks off
   * @throws java.util.concurrent.CancellationException or a {@code FetchError} if it was cancelled
   */
  int read(byte[] target);

  /** Gives the body up: a blocked read fails, the connection is not used again. */
  @Override
  void cancel();

  /**
   * Runs an action once the body was read to its end, broke off or was cancelled; at once if that
   * has been. The action must not block.
   */
  void whenEnded(Runnable action);
}
