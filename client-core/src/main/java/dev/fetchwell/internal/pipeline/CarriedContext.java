package dev.fetchwell.internal.pipeline;

import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.observe.ContextCarrier;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The context of the thread that made a call, in which its listeners and dependents run. What
 * carries it is foreign code: whatever it does, each task runs exactly once.
 */
public final class CarriedContext {

  /** Nothing to carry. */
  public static final CarriedContext NONE = new CarriedContext(List.of());

  private final List<Executor> carriers;

  private CarriedContext(List<Executor> carriers) {
    this.carriers = carriers;
  }

  /** Notes the context of this thread. */
  public static CarriedContext noted(List<ContextCarrier> carriers) {
    if (carriers.isEmpty()) {
      return NONE;
    }
    List<Executor> noted = new ArrayList<>();
    for (ContextCarrier carrier : carriers) {
      Guard.run(() -> noted.add(Objects.requireNonNull(carrier.capture(), "the captured context")));
    }
    return new CarriedContext(List.copyOf(noted));
  }

  /** Runs a task in the context. */
  public void run(Runnable task) {
    Runnable wrapped = task;
    for (Executor carrier : carriers) {
      Runnable inner = wrapped;
      wrapped = () -> runIn(carrier, inner);
    }
    wrapped.run();
  }

  private static void runIn(Executor carrier, Runnable task) {
    AtomicBoolean begun = new AtomicBoolean();
    Runnable once =
        () -> {
          if (begun.compareAndSet(false, true)) {
            task.run();
          }
        };
    Guard.run(() -> carrier.execute(once));
    once.run();
  }
}
