package dev.fetchwell;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The calls that have not ended, so that a client can wait for them or end them. Thread-safe.
 *
 * <p>A call first adds itself and then looks whether the client is closed; closing first sets the
 * flag and then looks at the calls. So each call is either refused or seen.
 */
final class ActiveCalls {

  private final Set<ActiveCall> calls = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();
  private final Executor executor;
  private volatile boolean closed;

  ActiveCalls(Executor executor) {
    this.executor = executor;
  }

  /** A call that can be ended from outside. */
  interface ActiveCall {

    /** Ends the call because its client closes. */
    void closeNow();
  }

  boolean add(ActiveCall call) {
    calls.add(call);
    if (closed) {
      remove(call);
      return false;
    }
    return true;
  }

  void remove(ActiveCall call) {
    calls.remove(call);
    if (closed) {
      completeIfDrained();
    }
  }

  /** Refuses further calls; the future completes when those that run have ended. */
  CompletableFuture<@Nullable Void> close() {
    closed = true;
    completeIfDrained();
    return drained;
  }

  /** Ends what still runs, each on a thread of its own, as dependents may block. */
  void endAll() {
    for (ActiveCall call : calls) {
      try {
        executor.execute(call::closeNow);
      } catch (RejectedExecutionException | OutOfMemoryError noThread) {
        call.closeNow();
      }
    }
  }

  private void completeIfDrained() {
    if (calls.isEmpty() && !drained.isDone()) {
      drained.completeAsync(() -> null, executor);
    }
  }
}
