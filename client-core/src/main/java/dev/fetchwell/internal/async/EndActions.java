package dev.fetchwell.internal.async;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What runs when something ends, once, in the order in which it was said. Thread-safe; the actions
 * run on the thread that ends it, and one that throws keeps the others from nothing.
 */
public final class EndActions {

  /** The actions so far; null once it has ended. Replaced as a whole, by compare-and-set. */
  private final AtomicReference<@Nullable List<Runnable>> actions =
      new AtomicReference<>(List.of());

  /** Nothing has ended yet, and nothing is to run. */
  public EndActions() {}

  /** Runs the action at the end, or at once if that has come. */
  public void add(Runnable action) {
    List<Runnable> now = actions.get();
    while (now != null) {
      List<Runnable> longer = new ArrayList<>(now);
      longer.add(action);
      if (actions.compareAndSet(now, longer)) {
        return;
      }
      now = actions.get();
    }
    Guard.run(action);
  }

  /** It has ended; the second time nothing happens. */
  public void run() {
    List<Runnable> last = actions.getAndSet(null);
    if (last != null) {
      last.forEach(Guard::run);
    }
  }
}
