package dev.fetchwell.internal.pipeline.prepare;

import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Platform;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What foreign code gives some time later, whatever it does instead. The code runs on a call thread
 * and so does what goes on after it: one that blocks holds up nobody else, and one that completes
 * its stage on a thread of its own does not lend it to a call. When this is given up, so is what
 * the code gave.
 *
 * @param <T> what it gives, which is not null
 */
final class ForeignStep<T> extends CallFuture<T> {

  private final Platform platform;
  private final String name;
  private final Supplier<? extends @Nullable CompletionStage<T>> code;

  /**
   * A step that has not begun.
   *
   * @param name whose code it is, for the error if it gives nothing
   */
  ForeignStep(
      Platform platform, String name, Supplier<? extends @Nullable CompletionStage<T>> code) {
    this.platform = platform;
    this.name = name;
    this.code = code;
  }

  /** Runs the code on a call thread. */
  void start() {
    platform.execute(this::startHere);
  }

  /** Runs the code on this thread, which is a call's. */
  void startHere() {
    if (isEnding()) {
      return;
    }
    try {
      await(Objects.requireNonNull(code.get(), () -> name + " gave null (expected: a stage)"));
    } catch (Throwable thrown) {
      completeExceptionally(thrown);
    }
  }

  private void await(CompletionStage<T> stage) {
    CompletableFuture<T> future = futureOf(stage);
    Executor thread = future.isDone() ? Runnable::run : platform::execute;
    follow(
        future,
        () -> platform.tell(() -> future.cancel(false)),
        value -> thread.execute(() -> end(value)),
        thrown -> thread.execute(() -> completeExceptionally(thrown)));
  }

  private void end(@Nullable T value) {
    if (value == null) {
      completeExceptionally(new NullPointerException(name + " completed its stage with null"));
    } else {
      complete(value);
    }
  }

  private static <T> CompletableFuture<T> futureOf(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture();
    } catch (UnsupportedOperationException onlyAStage) {
      CompletableFuture<T> future = new CompletableFuture<>();
      var unused =
          stage.whenComplete(
              (value, thrown) -> {
                if (thrown == null) {
                  future.complete(value);
                } else {
                  future.completeExceptionally(thrown);
                }
              });
      return future;
    }
  }
}
