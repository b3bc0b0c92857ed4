package dev.fetchwell.internal.async;

/** Something under way that can be given up. */
@FunctionalInterface
public interface Cancellable {

  /** Gives it up; does nothing if it has ended. Callable from any thread, repeatedly. */
  void cancel();
}
