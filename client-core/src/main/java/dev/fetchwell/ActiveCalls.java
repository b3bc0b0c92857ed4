package dev.fetchwell;

import java.util.Deque;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /** Whether a byte of it may be on the wire. */
    boolean isSent();

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

  /** Ends what still runs; what waits goes first, so that it does not wake up for a free permit. */
  void endAll() {
    Deque<ActiveCall> rest = new ConcurrentLinkedDeque<>();
    for (ActiveCall call : calls) {
      if (call.isSent()) {
        rest.addLast(call);
      } else {
        rest.addFirst(call);
      }
    }
    AtomicBoolean relief = new AtomicBoolean();
    try {
      executor.execute(() -> end(rest, relief));
    } catch (RejectedExecutionException | OutOfMemoryError noThread) {
      end(rest, relief);
    }
  }

  /**
   * Ends one after the other, and keeps a task waiting that goes on when a dependent blocks this
   * one. A thread for each call would be thousands at once.
   */
  private void end(Deque<ActiveCall> rest, AtomicBoolean relief) {
    relief.set(false);
    for (ActiveCall call = rest.poll(); call != null; call = rest.poll()) {
      if (relief.compareAndSet(false, true)) {
        try {
          executor.execute(() -> end(rest, relief));
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
          relief.set(false);
        }
      }
      call.closeNow();
    }
  }

  private void completeIfDrained() {
    if (calls.isEmpty() && !drained.isDone()) {
      drained.completeAsync(() -> null, executor);
    }
  }
}
