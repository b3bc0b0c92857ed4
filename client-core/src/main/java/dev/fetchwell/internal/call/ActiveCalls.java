package dev.fetchwell.internal.call;

import dev.fetchwell.internal.async.EndActions;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.async.Platform;
import java.time.Duration;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
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
  private final EndActions whenDrained = new EndActions();
  private final Platform platform;
  private volatile boolean closed;

  /** Whether what runs is being ended; only ever goes to true. */
  private volatile boolean ending;

  ActiveCalls(Platform platform) {
    this.platform = platform;
  }

  /** A call that can be ended from outside. */
  interface ActiveCall {

    /** Whether a byte of it may be on the wire. */
    boolean isSent();

    /** Ends the call because its client closes. */
    void closeNow();

    /** The client closes, and ends this after the grace; for what would not end by itself. */
    default void closing(Duration grace) {}
  }

  boolean add(ActiveCall call) {
    calls.add(call);
    if (closed) {
      remove(call);
      return false;
    }
    return true;
  }

  /** The call goes on as another one, also while the client closes. */
  void replace(ActiveCall call, ActiveCall by) {
    calls.add(by);
    calls.remove(call);
    if (ending) {
      // Whoever ends all may have seen neither of them.
      by.closeNow();
    }
  }

  void remove(ActiveCall call) {
    calls.remove(call);
    if (closed) {
      tellIfDrained();
    }
  }

  /** Refuses further calls. */
  void close() {
    closed = true;
    tellIfDrained();
  }

  /** Tells what still runs that it will be ended. */
  void announceEnd(Duration grace) {
    calls.forEach(call -> Guard.run(() -> call.closing(grace)));
  }

  /** Runs an action, once, when the client is closed and no call runs; at once if that is so. */
  void whenDrained(Runnable action) {
    whenDrained.add(action);
  }

  /** Completes when the client is closed and no call runs. Each caller has a future of its own. */
  CompletableFuture<@Nullable Void> drained() {
    CompletableFuture<@Nullable Void> future = new CompletableFuture<>();
    // Dependents are foreign code, and whoever ends the last call may be a timer.
    whenDrained.add(() -> platform.execute(() -> future.complete(null)));
    return future;
  }

  /** Ends what still runs; what waits goes first, so that it does not wake up for a free permit. */
  void endAll() {
    ending = true;
    Deque<ActiveCall> rest = new ConcurrentLinkedDeque<>();
    for (ActiveCall call : calls) {
      if (call.isSent()) {
        rest.addLast(call);
      } else {
        rest.addFirst(call);
      }
    }
    AtomicBoolean relief = new AtomicBoolean();
    platform.execute(() -> end(rest, relief));
  }

  /**
   * Ends one after the other, and keeps a task waiting that goes on when a dependent blocks this
   * one. A thread for each call would be thousands at once.
   */
  private void end(Deque<ActiveCall> rest, AtomicBoolean relief) {
    relief.set(false);
    for (ActiveCall call = rest.poll(); call != null; call = rest.poll()) {
      if (relief.compareAndSet(false, true)) {
        platform.execute(() -> end(rest, relief));
      }
      Guard.run(call::closeNow);
    }
  }

  private void tellIfDrained() {
    if (calls.isEmpty()) {
      whenDrained.run();
    }
  }
}
