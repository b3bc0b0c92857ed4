package dev.fetchwell.internal.async;

import org.jspecify.annotations.Nullable;

/** Ends a future as another one did. */
record FollowingAlike<T extends @Nullable Object>(CallFuture<T> outer) implements Following<T> {

  @Override
  public void succeeded(T value) {
    outer.complete(value);
  }

  @Override
  public void failed(Throwable thrown) {
    outer.completeExceptionally(thrown);
  }

  @Override
  public boolean completeExceptionally(Throwable thrown) {
    return outer.completeExceptionally(thrown);
  }
}
