package dev.fetchwell.stream;

import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.Pull;
import dev.fetchwell.internal.async.PullLoop;
import dev.fetchwell.internal.async.PullPublisher;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a pull for each consumer, and runs it on the client's threads.
 *
 * @param <T> the values' type
 */
record PullSource<T>(Platform platform, Supplier<Pull<T>> pulls) {

  Pull<T> pull() {
    return pulls.get();
  }

  CompletableFuture<Long> forEach(Consumer<? super T> handler) {
    Objects.requireNonNull(handler, "handler");
    return forEachAsync(
        value -> {
          handler.accept(value);
          return null;
        });
  }

  CompletableFuture<Long> forEachAsync(
      Function<? super T, ? extends @Nullable CompletionStage<?>> handler) {
    Objects.requireNonNull(handler, "handler");
    return PullLoop.forEach(pull(), handler, PullSource::error, platform.threads());
  }

  Flow.Publisher<T> publisher() {
    return new PullPublisher<>(pulls, PullSource::error, platform.threads());
  }

  private static Throwable error(Throwable thrown) {
    return thrown instanceof CancellationException ? thrown : UnexpectedError.wrap(thrown);
  }
}
