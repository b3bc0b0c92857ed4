package dev.fetchwell.internal.async;

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
 * The threads that calls run on: a virtual one for each task from JDK 24 on (found by reflection as
 * this is Java 17 bytecode), else daemon platform threads that die when idle. A task never waits
 * for another to end.
 *
 * <p>Not before JDK 24: until then a virtual thread that blocks under {@code synchronized} keeps
 * its carrier (<a href="https://openjdk.org/jeps/491">JEP 491</a>), and OkHttp writes HTTP/2 under
 * it, so one server that stops reading would stop every call of the process.
 *
 * <p>They inherit neither thread-locals nor the class loader of whoever happens to start a call.
 */
public final class CallThreads {

  private static final int FIRST_JDK_WITHOUT_PINNING = 24;

  private static final ExecutorService PLATFORM = platform();
  private static final ExecutorService SHARED = virtual().orElse(PLATFORM);

  private CallThreads() {}

  /** The executor that all clients of the process share. */
  public static ExecutorService shared() {
    return SHARED;
  }

  /** Platform threads on every JDK: they run also while calls compute on all carriers. */
  static ExecutorService platformThreads() {
    return PLATFORM;
  }

  static Optional<ExecutorService> virtual() {
    if (Runtime.version().feature() < FIRST_JDK_WITHOUT_PINNING) {
      return Optional.empty();
    }
    try {
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      // All have the same name: to number them costs each call 130 bytes, and they have ids.
      builder = type.getMethod("name", String.class).invoke(builder, "fetchwell");
      builder =
          type.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
      ThreadFactory factory = (ThreadFactory) type.getMethod("factory").invoke(builder);
      Method perTask = Executors.class.getMethod("newThreadPerTaskExecutor", ThreadFactory.class);
      ThreadFactory withLoader = task -> withOwnClassLoader(factory.newThread(task));
      return Optional.of((ExecutorService) perTask.invoke(null, withLoader));
    } catch (NoSuchMethodException | ClassNotFoundException | IllegalAccessException unlike) {
      // A JDK that does it in another way: platform threads do as well.
      return Optional.empty();
    } catch (InvocationTargetException refused) {
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
          String name = "fetchwell-" + number.incrementAndGet();
          return withOwnClassLoader(new CallThread(task, name));
        });
  }

  private static Thread withOwnClassLoader(Thread thread) {
    thread.setContextClassLoader(CallThreads.class.getClassLoader());
    return thread;
  }
}
