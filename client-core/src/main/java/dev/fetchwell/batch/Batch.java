package dev.fetchwell.batch;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.text.Checks;
import dev.fetchwell.observe.Progress;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One call for each item of a sequence, a bounded number at a time. Immutable; a terminal method
 * starts it.
 *
 * <p>Items are taken from the sequence one by one, and only when there is room to run them, so it
 * may be endless, and it may block. An item counts as running until its outcome was handed over. A
 * null item, and a function that throws or returns null, make a failed outcome.
 *
 * <p>The sequence and the function are called by one thread at a time, and so are the handlers: not
 * on the caller's thread, but on the threads that end the items' futures, which for the client's
 * own calls are its call threads and may be blocked.
 *
 * <p>Cancelling a terminal's future cancels everything that runs, down to the wire, provided the
 * function returns the client's own futures: cancelling a future made by {@code thenApply} does not
 * reach the call before it. An item's deadline starts when the item does.
 *
 * <p>A value that is {@link AutoCloseable} and that nobody gets, because the batch failed, was
 * cancelled, or had its {@link #first}, is closed: by the thread that ends the batch or the item.
 * So {@code asStream()} leaves no response open. What was handed over is the user's to close.
 *
 * <pre>{@code
 * Batch.of(urls, client::getString).concurrency(32).settled().thenAccept(outcomes -> ...);
 * }</pre>
 *
 * @param <A> the items' type
 * @param <R> the results' type
 */
public final class Batch<A, R> {

  private final BatchPlan<A, R> plan;

  private Batch(BatchPlan<A, R> plan) {
    this.plan = plan;
  }

  /**
   * What became of one item.
   *
   * @param item the item
   * @param outcome its value or its error
   * @param <A> the item's type
   * @param <R> the value's type
   */
  public record Result<A, R>(A item, Outcome<R> outcome) {}

  /** A batch over a sequence, which each terminal method walks through again. */
  public static <A, R> Batch<A, R> of(
      Iterable<? extends A> items, Function<? super A, ? extends CompletableFuture<R>> call) {
    Objects.requireNonNull(items, "items");
    Objects.requireNonNull(call, "call");
    long total = items instanceof Collection<?> known ? known.size() : -1;
    return new Batch<>(BatchPlan.of(items::iterator, call, total));
  }

  /** A batch over what an iterator still gives; only one terminal method can be called. */
  public static <A, R> Batch<A, R> of(
      Iterator<? extends A> items, Function<? super A, ? extends CompletableFuture<R>> call) {
    Objects.requireNonNull(call, "call");
    AtomicReference<@Nullable Iterator<? extends A>> once =
        new AtomicReference<>(Objects.requireNonNull(items, "items"));
    return new Batch<>(
        BatchPlan.of(
            () -> {
              Iterator<? extends A> mine = once.getAndSet(null);
              if (mine == null) {
                throw new IllegalStateException("the iterator was used before (pass an Iterable)");
              }
              return mine;
            },
            call,
            -1));
  }

  /**
   * How many items run at once at most, default 64.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public Batch<A, R> concurrency(int running) {
    Checks.atLeast("concurrency", running, 1);
    return new Batch<>(plan.withConcurrency(running));
  }

  /** Hears how far it has come. What it throws is logged and does not touch the batch. */
  public Batch<A, R> onProgress(Progress listener) {
    Objects.requireNonNull(listener, "listener");
    return new Batch<>(plan.withProgress(listener));
  }

  /** On other threads and another time, for tests. */
  Batch<A, R> on(Platform platform) {
    return new Batch<>(plan.withPlatform(platform));
  }

  /**
   * All values in the items' order. The first failure cancels the rest and fails the future; a
   * failure other than a {@link FetchError} comes as an {@code UnexpectedError}.
   */
  public CompletableFuture<List<R>> all() {
    return start(new BatchResults.All<>());
  }

  /**
   * All outcomes in the items' order; fails only if cancelled. If the sequence throws, that is the
   * last outcome.
   */
  public CompletableFuture<List<Outcome<R>>> settled() {
    return start(new BatchResults.Settled<>());
  }

  /**
   * The first value that comes; the rest is cancelled. If every item fails, so does the future,
   * with the last error; without any item it fails with an {@code UnexpectedError}. A sequence that
   * throws counts as one more item that fails.
   */
  public CompletableFuture<R> first() {
    return start(new BatchResults.First<>());
  }

  /**
   * Hands each outcome over as it comes, one at a time; memory does not grow with the number of
   * items. What waits for the handler counts as running, so a slow handler holds further items
   * back. If it or the sequence throws, the rest is cancelled and the future fails with an {@code
   * UnexpectedError}.
   */
  public CompletableFuture<BatchSummary> forEach(
      BiConsumer<? super A, ? super Outcome<R>> handler) {
    return start(
        new BatchResults.Each<>(
            Objects.requireNonNull(handler, "handler"), plan.platform().timer()));
  }

  /**
   * Results as they come, as a publisher; each subscriber starts the batch again, at its first
   * request. Items that have ended but were not asked for count as running, so demand bounds memory
   * and calls. If the sequence throws, the publisher fails with an {@code UnexpectedError}.
   */
  public Flow.Publisher<Result<A, R>> publisher() {
    return new BatchPublisher<>(plan);
  }

  private <V> CompletableFuture<V> start(BatchResults.Collector<A, R, V> collector) {
    return new BatchFuture<>(plan, collector).start();
  }
}
