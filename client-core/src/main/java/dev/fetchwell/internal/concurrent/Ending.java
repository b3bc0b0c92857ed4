package dev.fetchwell.internal.concurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Something that ends once, and what runs then, in the order in which it was said. Thread-safe; the
 * actions run on the thread that ends it.
 */
public final class Ending {

  /** The actions so far; null once it has ended. Replaced as a whole, by compare-and-set. */
  private final AtomicReference<@Nullable List<Runnable>> actions =
      new AtomicReference<>(List.of());

  /** Runs the action when this ends, or at once if it has. */
  public void whenEnded(Runnable action) {
    List<Runnable> now = actions.get();
    while (now != null) {
      List<Runnable> longer = new ArrayList<>(now);
      longer.add(action);
      if (actions.compareAndSet(now, longer)) {
        return;
      }
      now = actions.get();
    }
    action.run();
  }

  /** Ends it; the second time nothing happens. */
  public void end() {
    List<Runnable> last = actions.getAndSet(null);
    if (last != null) {
      last.forEach(Runnable::run);
    }
  }
}
