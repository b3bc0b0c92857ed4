package dev.fetchwell.internal.pipeline;

import java.util.function.Supplier;

/**
 * Calls code that only watches, such as listeners and resilience4j's event consumers: what it
 * throws is logged and changes nothing about the call.
 */
final class Foreign {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  private Foreign() {}

  static void run(Runnable watcher) {
    get(
        () -> {
          watcher.run();
          return true;
        },
        false);
  }

  static boolean get(Supplier<Boolean> watched, boolean ifThrown) {
    try {
      return watched.get();
    } catch (RuntimeException | LinkageError thrown) {
      LOG.log(System.Logger.Level.WARNING, "a listener threw", thrown);
      return ifThrown;
    }
  }
}
