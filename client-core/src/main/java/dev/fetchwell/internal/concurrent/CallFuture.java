package dev.fetchwell.internal.concurrent;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A future that, however it ends, first gives up what is behind it and only then lets dependents
 * run: a dependent that blocks can therefore hold nothing back. Whoever ends it first wins; the
 * others' {@code complete} returns false before anything is given up twice.
 *
 * @param <T> the value's type
 */
public class CallFuture<T> extends CompletableFuture<T> {

  @SuppressWarnings("UnnecessaryLambda") // Its identity is what counts.
  private static final Runnable NOTHING = () -> {};

  @SuppressWarnings("UnnecessaryLambda")
  private static final Runnable ENDED = () -> {};

  /** What to give up; swapped once for {@code ENDED} by whoever ends this future. */
  private final AtomicReference<Runnable> giveUp = new AtomicReference<>(NOTHING);

  /**
   * Sets what to give up when this ends, in place of what was set before. Runs it at once if this
   * has ended. It must not block or throw.
   */
  public final void givesUp(Runnable action) {
    Runnable now = giveUp.get();
    while (now != ENDED) {
      if (giveUp.compareAndSet(now, action)) {
        return;
      }
      now = giveUp.get();
    }
    action.run();
  }

  /** Sets nothing to be given up. */
  public final void givesUpNothing() {
    givesUp(NOTHING);
  }

  /** Whether this has ended or is about to. */
  public final boolean isEnding() {
    return giveUp.get() == ENDED;
  }

  /**
   * Ends as the inner future does, and cancels it when ending otherwise.
   *
   * @param discard gets the inner future's value if it comes too late
   */
  public final void follow(CompletableFuture<? extends T> inner, Consumer<? super T> discard) {
    givesUp(() -> inner.cancel(false));
    Futures.whenEnded(
        inner,
        (value, thrown) -> {
          if (thrown != null) {
            completeExceptionally(thrown);
          } else if (!complete(value)) {
            discard.accept(value);
          }
        });
  }

  @Override
  public boolean complete(T value) {
    return end() && super.complete(value);
  }

  @Override
  public boolean completeExceptionally(Throwable thrown) {
    return end() && super.completeExceptionally(thrown);
  }

  @Override
  public boolean cancel(boolean mayInterrupt) {
    return end() ? super.cancel(mayInterrupt) : isCancelled();
  }

  /** The JDK's would set the value past {@link #complete}. */
  @Override
  public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
    Objects.requireNonNull(supplier, "supplier");
    executor.execute(
        () -> {
          try {
            complete(supplier.get());
          } catch (RuntimeException | Error thrown) {
            completeExceptionally(thrown);
          }
        });
    return this;
  }

  private boolean end() {
    Runnable action = giveUp.getAndSet(ENDED);
    if (action == ENDED) {
      return false;
    }
    action.run();
    return true;
  }
}
