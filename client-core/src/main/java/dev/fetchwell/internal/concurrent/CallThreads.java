package dev.fetchwell.internal.concurrent;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads that calls run on: a virtual one for each task where the JDK has them (21 and later,
 * found by reflection as this is Java 17 bytecode), else daemon platform threads that die when
 * idle. Their number is bounded by the bulkhead, not here: a task never waits for another to end.
 */
public final class CallThreads {

  private static final ExecutorService SHARED = virtual().orElseGet(CallThreads::platform);
  private static final Timer TIMER = new SystemTimer(SHARED);

  private CallThreads() {}

  /** The executor that all clients of the process share. */
  public static ExecutorService shared() {
    return SHARED;
  }

  /** The timer that all clients of the process share. */
  public static Timer timer() {
    return TIMER;
  }

  static Optional<ExecutorService> virtual() {
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      Object named =
          type.getMethod("name", String.class, long.class).invoke(builder, "fetchwell-", 1L);
      Method factory = type.getMethod("factory");
      Method perTask = Executors.class.getMethod("newThreadPerTaskExecutor", ThreadFactory.class);
      return Optional.of((ExecutorService) perTask.invoke(null, factory.invoke(named)));
    } catch (NoSuchMethodException | ClassNotFoundException tooOld) {
      return Optional.empty();
    } catch (InvocationTargetException | IllegalAccessException previewOnly) {
      // JDK 19 and 20 have the method but refuse it unless preview features are on.
      return Optional.empty();
    }
  }

  static ExecutorService platform() {
    AtomicLong number = new AtomicLong();
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        10,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(task, "fetchwell-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }
}
