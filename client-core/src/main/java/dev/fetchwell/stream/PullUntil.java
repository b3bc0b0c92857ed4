package dev.fetchwell.stream;

import dev.fetchwell.internal.async.Pull;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Ends at the first value that matches: without handing it over, and without waiting for what would
 * come behind it.
 *
 * @param <T> the values' type
 */
record PullUntil<T>(Pull<T> source, Predicate<? super T> end) implements Pull<T> {

  /** The source itself if nothing ends it. */
  static <T> Pull<T> of(Pull<T> source, @Nullable Predicate<? super T> end) {
    return end == null ? source : new PullUntil<>(source, end);
  }

  /** Matches what one of them does. */
  static <T> Predicate<? super T> either(
      @Nullable Predicate<? super T> first, Predicate<? super T> second) {
    Objects.requireNonNull(second, "condition");
    return first == null ? second : value -> first.test(value) || second.test(value);
  }

  @Override
  public @Nullable T next() {
    T value = source.next();
    if (value == null || !end.test(value)) {
      return value;
    }
    source.cancel();
    return null;
  }

  @Override
  public void cancel() {
    source.cancel();
  }
}
