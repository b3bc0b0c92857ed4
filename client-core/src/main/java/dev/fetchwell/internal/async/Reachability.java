package dev.fetchwell.internal.async;

import java.lang.ref.Cleaner;

/** Tells when nobody can reach an object any longer. */
public final class Reachability {

  private static final Cleaner CLEANER = Cleaner.create(Reachability::thread);

  private Reachability() {}

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(null, work, "fetchwell-cleaner", 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(Reachability.class.getClassLoader());
    return thread;
  }

  /**
   * Runs an action once, when the object is unreachable or the result is cleaned: on one thread for
   * all objects of the process, so it must hand over what may block and all foreign code.
   *
   * @param action must not reach the object, or that will never come
   */
  public static Cleaner.Cleanable watch(Object object, Runnable action) {
    return CLEANER.register(object, action);
  }
}
