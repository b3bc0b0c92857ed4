package dev.fetchwell.internal.concurrent;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What every stage does with futures. */
public final class Futures {

  private Futures() {}

  /** The throwable in a {@code CompletionException} or {@code ExecutionException}. */
  public static Throwable unwrap(Throwable thrown) {
    Throwable inner = thrown;
    while (inner instanceof CompletionException || inner instanceof ExecutionException) {
      Throwable cause = inner.getCause();
      if (cause == null) {
        return inner;
      }
      inner = cause;
    }
    return inner;
  }

  /**
   * Runs an action when the future has ended, at once if it has. The action must not throw: nobody
   * would hear of it.
   *
   * @param action gets the value, or the unwrapped throwable
   */
  public static <T extends @Nullable Object> void whenEnded(
      CompletableFuture<T> future, BiConsumer<? super T, @Nullable Throwable> action) {
    var unused =
        future.whenComplete(
            (value, thrown) -> action.accept(value, thrown == null ? null : unwrap(thrown)));
  }
}
