package dev.fetchwell.internal.async;

import org.jspecify.annotations.Nullable;

/**
 * A platform thread that calls run on. Where a task does no more than pass a call on, the thread
 * goes on with that call's exchange: to wake another one for it costs a fifth of a queued call.
 *
 * <p>With that call's and no other: what a task leads to may be a caller's code, which makes calls
 * of its own and waits for them, and so for this thread.
 */
public final class CallThread extends Thread {

  // All are this thread's own.
  private boolean passesOn;
  private @Nullable Object offeredTo;
  private @Nullable Runnable taken;

  CallThread(Runnable work, String name) {
    super(null, work, name, 0, false);
    setDaemon(true);
  }

  /** A task after which its thread goes on with the exchange that {@link #takes} was given. */
  static Runnable passingOn(Runnable task) {
    return () -> {
      if (Thread.currentThread() instanceof CallThread here && !here.passesOn) {
        here.passOn(task);
      } else {
        task.run();
      }
    };
  }

  private void passOn(Runnable task) {
    passesOn = true;
    try {
      task.run();
    } finally {
      passesOn = false;
      Runnable next = taken;
      taken = null;
      if (next != null) {
        next.run();
      }
    }
  }

  /** From now on this thread takes over the exchange of a call, if it will be free after that. */
  public static void offer(Object call) {
    if (Thread.currentThread() instanceof CallThread here && here.passesOn && here.taken == null) {
      here.offeredTo = call;
    }
  }

  /** It takes over nothing any longer, but what it has. */
  public static void withdraw() {
    if (Thread.currentThread() instanceof CallThread here) {
      here.offeredTo = null;
    }
  }

  /** Whether this thread runs the exchange of the call as soon as it is free; else another must. */
  static boolean takes(Object call, Runnable exchange) {
    if (Thread.currentThread() instanceof CallThread here && here.offeredTo == call) {
      here.offeredTo = null;
      here.taken = exchange;
      return true;
    }
    return false;
  }
}
