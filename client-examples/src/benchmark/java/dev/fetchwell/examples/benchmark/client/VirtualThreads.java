package dev.fetchwell.examples.benchmark.client;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Found by reflection: the build's own JDK is 17. */
public final class VirtualThreads {

  private VirtualThreads() {}

  /** From JDK 24 on; before, OkHttp's locks would hold their carriers. */
  public static boolean usable() {
    return Runtime.version().feature() >= 24;
  }

  /** One thread per task. */
  public static ExecutorService executor() {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no virtual threads before JDK 21", e);
    }
  }

  /** Of the kind that this client's calls have: virtual where they are usable, else pooled. */
  public static ExecutorService orPooled() {
    return usable() ? executor() : Executors.newCachedThreadPool();
  }
}
