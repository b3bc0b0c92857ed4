package dev.fetchwell.stream;

import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.CallerFuture;
import dev.fetchwell.internal.async.Pull;
import java.util.ArrayList;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The items of all pages in order. Immutable; each terminal method fetches the pages again.
 *
 * @param <T> the items' type
 */
public final class PageItems<T> {

  private final PullSource<T> source;

  PageItems(PullSource<T> source) {
    this.source = source;
  }

  /**
   * Hands each item over, one after the other, on a thread of the client's that the handler may
   * block.
   *
   * @return completes with the number of items; cancelling it stops the fetching. What the handler
   *     throws fails it as an {@code UnexpectedError}
   */
  public CompletableFuture<Long> forEach(Consumer<? super T> handler) {
    return source.forEach(handler);
  }

  /**
   * Hands each item over and waits for the handler's stage before the next; a handler that has
   * nothing to wait for may return null.
   *
   * @return as that of {@link #forEach}; it fails, as an {@code UnexpectedError} unless it is a
   *     {@code FetchError}, with what the handler's stage fails with. Cancelling it cancels that
   *     stage as well
   */
  public CompletableFuture<Long> forEachAsync(
      Function<? super T, ? extends @Nullable CompletionStage<?>> handler) {
    return source.forEachAsync(handler);
  }

  /** The items as a publisher; each subscriber fetches the pages again, as it asks for items. */
  public Flow.Publisher<T> publisher() {
    return source.publisher();
  }

  /** All items; only for as many as memory holds. */
  public CompletableFuture<List<T>> toList() {
    List<T> items = new ArrayList<>();
    CompletableFuture<Long> filling = forEach(items::add);
    CallFuture<List<T>> whole = new CallerFuture<>();
    whole.follow(filling, count -> whole.complete(items), whole::completeExceptionally);
    return whole;
  }

  /**
   * The items as a blocking stream, for code on threads that may block. Failures are thrown as they
   * are. Close it to stop early; it is not for {@code parallel()}.
   */
  public Stream<T> stream() {
    Pull<T> pull = source.pull();
    Spliterator<T> items =
        new AbstractSpliterator<>(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL) {

          @Override
          public boolean tryAdvance(Consumer<? super T> action) {
            T item = pull.next();
            if (item != null) {
              action.accept(item);
            }
            return item != null;
          }
        };
    return StreamSupport.stream(items, false).onClose(pull::cancel);
  }
}
