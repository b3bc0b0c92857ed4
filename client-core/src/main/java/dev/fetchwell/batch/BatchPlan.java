package dev.fetchwell.batch;

import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.observe.Progress;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Batch} is to do, before it runs.
 *
 * @param total how many items there are, or -1 if that is not known
 */
record BatchPlan<A, R>(
    Supplier<Iterator<? extends A>> items,
    Function<? super A, ? extends CompletableFuture<R>> call,
    long total,
    int concurrency,
    @Nullable Progress progress,
    Platform platform) {

  private static final int DEFAULT_CONCURRENCY = 64;

  static <A, R> BatchPlan<A, R> of(
      Supplier<Iterator<? extends A>> items,
      Function<? super A, ? extends CompletableFuture<R>> call,
      long total) {
    return new BatchPlan<>(items, call, total, DEFAULT_CONCURRENCY, null, Platform.system());
  }

  BatchPlan<A, R> withConcurrency(int running) {
    return new BatchPlan<>(items, call, total, running, progress, platform);
  }

  BatchPlan<A, R> withProgress(Progress listener) {
    return new BatchPlan<>(items, call, total, concurrency, listener, platform);
  }

  BatchPlan<A, R> withPlatform(Platform other) {
    return new BatchPlan<>(items, call, total, concurrency, progress, other);
  }
}
