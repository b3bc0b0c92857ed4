package dev.fetchwell.internal.async;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Hands every value of a pull to a handler, one after the other, on a thread of the executor; the
 * next is not pulled before the handler's stage has ended.
 */
public final class PullLoop {

  private PullLoop() {}

  /**
   * Runs the loop.
   *
   * @param failure makes what the future fails with of what was thrown
   * @param handler a failure of its stage, or what it throws, ends the loop; null stands for done
   * @return completes with the number of values; cancelling it cancels the pull and the handler's
   *     stage, and waits for neither
   */
  public static <T> CompletableFuture<Long> forEach(
      Pull<T> pull,
      Function<? super T, ? extends @Nullable CompletionStage<?>> handler,
      Function<Throwable, ? extends Throwable> failure,
      Executor executor) {
    CallFuture<Long> done = new CallerFuture<>();
    done.run(
        pull,
        source -> {
          try {
            executor.execute(() -> run(source, handler, failure, done));
          } catch (Throwable noThread) {
            done.completeExceptionally(failure.apply(noThread));
          }
        });
    return done;
  }

  private static <T> void run(
      Pull<T> pull,
      Function<? super T, ? extends @Nullable CompletionStage<?>> handler,
      Function<Throwable, ? extends Throwable> failure,
      CallFuture<Long> done) {
    long count = 0;
    try {
      T value = done.isEnding() ? null : pull.next();
      while (value != null && !done.isEnding()) {
        handle(value, handler, pull, done);
        count++;
        value = done.isEnding() ? null : pull.next();
      }
    } catch (Throwable thrown) {
      // Checked ones, too: other languages throw them from handlers.
      done.completeExceptionally(failure.apply(CallFuture.unwrap(thrown)));
      return;
    }
    // The pull has ended by itself: there is nothing to give up.
    boolean unused = done.holds(() -> {});
    done.complete(count);
  }

  private static <T> void handle(
      T value,
      Function<? super T, ? extends @Nullable CompletionStage<?>> handler,
      Pull<T> pull,
      CallFuture<Long> done) {
    CompletionStage<?> stage = handler.apply(value);
    CompletableFuture<?> handling = stage == null ? null : stage.toCompletableFuture();
    boolean succeeded =
        handling != null && handling.isDone() && !handling.isCompletedExceptionally();
    if (handling == null || succeeded) {
      return;
    }
    awaitHandled(handling, pull, done);
  }

  /** By a future of our own, which a cancel ends also if the handler's does not know of cancels. */
  private static <H extends @Nullable Object> void awaitHandled(
      CompletableFuture<H> handling, Pull<?> pull, CallFuture<Long> done) {
    CallFuture<H> awaited = new CallFuture<>();
    awaited.follow(handling);
    boolean unused =
        done.holds(
            () -> {
              pull.cancel();
              awaited.cancel();
            });
    awaited.join();
    unused = done.holds(pull);
  }
}
