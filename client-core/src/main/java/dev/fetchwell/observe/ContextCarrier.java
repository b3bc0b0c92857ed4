package dev.fetchwell.observe;

import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Takes what belongs to the thread that makes a call, such as a logging context, along to where its
 * listeners and its dependents run. It must be thread-safe, and must not block.
 *
 * <pre>{@code
 * AsyncHttpClient.builder().contextCarrier(ContextCarrier.mdc()).build();
 *
 * // A ScopedValue (JDK 25):
 * ContextCarrier user = () -> {
 *   User now = USER.get();
 *   return task -> ScopedValue.where(USER, now).run(task);
 * };
 * }</pre>
 */
@FunctionalInterface
public interface ContextCarrier {

  /**
   * Notes the context of the current thread, which is the one that makes a call.
   *
   * @return runs each task at once, on the thread that hands it over, in that context, and leaves
   *     the thread as it was; used any number of times. A task that it does not run is run without
   *     it
   */
  Executor capture();

  /** SLF4J's {@code MDC}. */
  static ContextCarrier mdc() {
    return () -> {
      Map<String, String> noted = MDC.getCopyOfContextMap();
      return task -> {
        Map<String, String> before = MDC.getCopyOfContextMap();
        set(noted);
        try {
          task.run();
        } finally {
          set(before);
        }
      };
    };
  }

  private static void set(@Nullable Map<String, String> context) {
    if (context == null) {
      MDC.clear();
    } else {
      MDC.setContextMap(context);
    }
  }
}
