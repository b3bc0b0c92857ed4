package dev.fetchwell.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/** A subscriber that keeps what it gets; the test asks for it. Thread-safe. */
final class Signals<T> implements Flow.Subscriber<T> {

  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
  private final List<T> values = new ArrayList<>();

  static <T> Signals<T> of(Flow.Publisher<T> publisher) {
    Signals<T> signals = new Signals<>();
    publisher.subscribe(signals);
    return signals;
  }

  Signals<T> request(long n) {
    subscription.join().request(n);
    return this;
  }

  void cancel() {
    subscription.join().cancel();
  }

  /** Completes at onComplete, fails at onError. */
  CompletableFuture<Boolean> ended() {
    return ended;
  }

  /** Waits for so many values. */
  synchronized List<T> await(int count) {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    try {
      while (values.size() < count) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new AssertionError("expected " + count + " values, had " + values);
        }
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
    return List.copyOf(values);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription.complete(given);
  }

  @Override
  public synchronized void onNext(T value) {
    values.add(value);
    notifyAll();
  }

  @Override
  public void onError(Throwable thrown) {
    ended.completeExceptionally(thrown);
  }

  @Override
  public void onComplete() {
    ended.complete(true);
  }
}
