package dev.fetchwell.internal.async;

import org.jspecify.annotations.Nullable;

/**
 * What goes on with the end of another future; see {@link CallFuture#follow}. A stage's own future
 * is one, so that no object is made for a link: a call has six of them.
 *
 * @param <I> the other future's value
 */
public interface Following<I extends @Nullable Object> {

  /** The other future has a value. */
  void succeeded(I value);

  /** The other future has failed; without the JDK's wrappers. */
  void failed(Throwable thrown);

  /** One of the two above threw: what follows ends with it. */
  boolean completeExceptionally(Throwable thrown);
}
