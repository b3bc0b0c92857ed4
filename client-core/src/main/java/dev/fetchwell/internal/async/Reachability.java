package dev.fetchwell.internal.async;

import java.lang.ref.Cleaner;

/** Tells when nobody can reach an object any longer. */
public final class Reachability {

  /** Its thread is the JDK's own, a daemon that inherits nothing. */
  private static final Cleaner CLEANER = Cleaner.create();

  private Reachability() {}

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
