package dev.fetchwell.internal.async;

import org.jspecify.annotations.Nullable;

/**
 * A future that is handed to a caller: it is cancelled when the last future that was made of it is,
 * such as by {@code thenApply(…).cancel(…)} or {@code orTimeout}, unless a thread waits for it.
 *
 * @param <T> the value's type
 */
public class CallerFuture<T extends @Nullable Object> extends CallFuture<T> {

  /** A future with nothing behind it. */
  public CallerFuture() {}

  @Override
  final boolean endsWithItsDependents() {
    return true;
  }
}
