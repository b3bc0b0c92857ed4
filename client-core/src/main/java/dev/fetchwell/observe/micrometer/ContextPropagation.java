package dev.fetchwell.observe.micrometer;

import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.observe.ContextCarrier;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Carries what Micrometer's context-propagation knows of, such as Spring's and Reactor's thread
 * locals and the current observation, from where a call is made to its listeners and dependents.
 * Its library, {@code io.micrometer:context-propagation}, is an optional dependency.
 *
 * <pre>{@code
 * AsyncHttpClient.builder().contextCarrier(ContextPropagation.carrier()).build();
 * }</pre>
 *
 * <p>A thread local that the caller had no value of has none there either. Afterwards each is as it
 * was. An accessor that throws costs no call, and the others do without it.
 */
public final class ContextPropagation {

  private ContextPropagation() {}

  /** Carries what the process-wide registry has accessors of. */
  public static ContextCarrier carrier() {
    return carrier(ContextRegistry.getInstance());
  }

  /** Carries what a registry has accessors of at the moment of each call. */
  @SuppressWarnings("exports") // Whoever uses it has the optional dependency.
  public static ContextCarrier carrier(ContextRegistry registry) {
    Objects.requireNonNull(registry, "registry");
    return () -> {
      List<Noted<?>> noted = new ArrayList<>();
      for (ThreadLocalAccessor<?> accessor : registry.getThreadLocalAccessors()) {
        noted.add(Noted.of(accessor));
      }
      return in(noted);
    };
  }

  private static Executor in(List<Noted<?>> noted) {
    return task -> {
      List<Runnable> restores = new ArrayList<>(noted.size());
      try {
        noted.forEach(one -> one.set(restores));
        task.run();
      } finally {
        for (int i = restores.size() - 1; i >= 0; i--) {
          Guard.run(restores.get(i));
        }
      }
    };
  }

  /** The caller's value of one thread local; null if it had none. */
  private record Noted<V>(ThreadLocalAccessor<V> accessor, @Nullable V value) {

    private static <V> Noted<V> of(ThreadLocalAccessor<V> accessor) {
      return new Noted<>(accessor, current(accessor));
    }

    private static <V> @Nullable V current(ThreadLocalAccessor<V> accessor) {
      Optional<V> none = Optional.empty();
      return Guard.get(() -> Optional.ofNullable(accessor.getValue()), none).orElse(null);
    }

    private void set(List<Runnable> restores) {
      V before = current(accessor);
      if (value == null && before == null) {
        return;
      }
      restores.add(() -> restore(before));
      Guard.run(this::set);
    }

    private void set() {
      if (value == null) {
        accessor.setValue();
      } else {
        accessor.setValue(value);
      }
    }

    private void restore(@Nullable V before) {
      if (before == null) {
        accessor.restore();
      } else {
        accessor.restore(before);
      }
    }
  }
}
