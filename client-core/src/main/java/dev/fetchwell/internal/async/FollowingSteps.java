package dev.fetchwell.internal.async;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Goes on with one of two functions, for a future that is no {@link Following} itself. */
record FollowingSteps<I extends @Nullable Object>(
    CallFuture<?> outer, Consumer<? super I> whenSucceeded, Consumer<? super Throwable> whenFailed)
    implements Following<I> {

  @Override
  public void succeeded(I value) {
    whenSucceeded.accept(value);
  }

  @Override
  public void failed(Throwable thrown) {
    whenFailed.accept(thrown);
  }

  @Override
  public boolean completeExceptionally(Throwable thrown) {
    return outer.completeExceptionally(thrown);
  }
}
