package dev.fetchwell.examples.console;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What is still to be done when the process is told to end, as by Ctrl-C: the latest first, so that
 * what was built on something ends before it. The JDK's own hooks run all at once. Thread-safe.
 */
public final class OnExit {

  private static final Deque<OnExit> ACTIONS = new ArrayDeque<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(OnExit::runAll, "on-exit"));
  }

  private final Runnable action;

  private OnExit(Runnable action) {
    this.action = action;
  }

  /** Does this on exit, unless what it returns is told that it is done before. */
  public static OnExit run(Runnable action) {
    OnExit exit = new OnExit(action);
    synchronized (ACTIONS) {
      ACTIONS.push(exit);
    }
    return exit;
  }

  private static void runAll() {
    for (OnExit next = next(); next != null; next = next()) {
      try {
        next.action.run();
      } catch (RuntimeException e) {
        System.err.println(e);
      }
    }
  }

  private static @Nullable OnExit next() {
    synchronized (ACTIONS) {
      return ACTIONS.poll();
    }
  }

  /** It is done, or no longer needed. */
  public void done() {
    synchronized (ACTIONS) {
      ACTIONS.remove(this);
    }
  }
}
