package dev.fetchwell.internal.async;

import java.util.function.Supplier;

/**
 * Calls foreign code that only watches, such as listeners and resilience4j's event consumers:
 * whatever it throws is logged, and nothing of it reaches the caller.
 */
public final class Guard {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  private Guard() {}

  /** Runs foreign code. */
  public static void run(Runnable foreign) {
    try {
      foreign.run();
    } catch (Throwable thrown) {
      report(thrown);
    }
  }

  /** What foreign code gives, or another value if it throws. */
  public static <T> T get(Supplier<? extends T> foreign, T ifThrown) {
    try {
      return foreign.get();
    } catch (Throwable thrown) {
      report(thrown);
      return ifThrown;
    }
  }

  static void cancel(Cancellable left) {
    try {
      left.cancel();
    } catch (Throwable thrown) {
      report(thrown);
    }
  }

  /** Says what was thrown. */
  @SuppressWarnings("EmptyCatch")
  public static void report(Throwable thrown) {
    try {
      LOG.log(System.Logger.Level.WARNING, "a listener or another callback threw", thrown);
    } catch (Throwable again) {
      // There is nothing left to say it with: the stack, or the memory, is at its end.
    }
  }
}
