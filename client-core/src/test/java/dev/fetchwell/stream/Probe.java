package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.internal.async.CallFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A subscriber that records what it gets, and asks only for what it is told to. */
final class Probe<T> implements Flow.Subscriber<T> {

  static final Duration LIMIT = Duration.ofSeconds(20);

  private final List<T> items = new ArrayList<>();
  private final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();
  private final CompletableFuture<List<T>> ended = new CompletableFuture<>();
  private final long demand;

  private Probe(long demand) {
    this.demand = demand;
  }

  static <T> Probe<T> on(Flow.Publisher<T> publisher, long demand) {
    Probe<T> probe = new Probe<>(demand);
    publisher.subscribe(probe);
    return probe;
  }

  /** What the future fails with, unwrapped. */
  static Throwable errorOf(CompletableFuture<?> future) {
    try {
      throw new AssertionError(
          "succeeded with " + future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException failed) {
      return CallFuture.unwrap(failed);
    } catch (CancellationException cancelled) {
      return cancelled;
    } catch (InterruptedException | TimeoutException never) {
      throw new AssertionError("did not end", never);
    }
  }

  /** Waits for a state that something outside has to come to. */
  static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      Thread.sleep(2);
    }
  }

  void request(long n) {
    subscribed.join().request(n);
  }

  void cancel() {
    subscribed.join().cancel();
  }

  synchronized List<T> items() {
    return List.copyOf(items);
  }

  boolean hasEnded() {
    return ended.isDone();
  }

  void awaitItems(int count) throws InterruptedException {
    await(() -> items().size() >= count);
  }

  /** All items, once it has completed. */
  List<T> awaitAll() {
    try {
      return ended.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException failed) {
      throw new AssertionError("did not complete", failed);
    }
  }

  Throwable awaitError() {
    return errorOf(ended);
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscribed.complete(subscription);
    if (demand > 0) {
      subscription.request(demand);
    }
  }

  @Override
  public void onNext(T item) {
    synchronized (this) {
      items.add(item);
    }
  }

  @Override
  public void onError(@Nullable Throwable thrown) {
    ended.completeExceptionally(thrown == null ? new AssertionError("null") : thrown);
  }

  @Override
  public void onComplete() {
    ended.complete(items());
  }
}
