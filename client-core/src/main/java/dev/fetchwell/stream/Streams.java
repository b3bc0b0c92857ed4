package dev.fetchwell.stream;

import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.concurrent.CallThreads;
import dev.fetchwell.internal.concurrent.Pull;
import dev.fetchwell.internal.concurrent.PullLoop;
import dev.fetchwell.internal.concurrent.PullPublisher;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Pulls on the client's threads. */
final class Streams {

  private Streams() {}

  static <T> Flow.Publisher<T> publisher(Supplier<Pull<T>> source) {
    return new PullPublisher<>(source, Streams::error, CallThreads.shared());
  }

  static <T> CompletableFuture<Long> forEach(
      Pull<T> pull, Function<? super T, ? extends @Nullable CompletableFuture<?>> handler) {
    return PullLoop.forEach(pull, handler, Streams::error, CallThreads.shared());
  }

  private static Throwable error(Throwable thrown) {
    return thrown instanceof CancellationException ? thrown : UnexpectedError.wrap(thrown);
  }
}
