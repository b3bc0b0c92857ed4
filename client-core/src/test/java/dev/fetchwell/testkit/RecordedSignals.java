package dev.fetchwell.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A subscriber that keeps what it gets, and asks only for what it is told to. Thread-safe. */
public final class RecordedSignals<T> implements Flow.Subscriber<T> {

  // Both guarded by this.
  private final List<T> items = new ArrayList<>();
  private final List<String> signals = new ArrayList<>();
  private final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();
  private final CompletableFuture<List<T>> ended = new CompletableFuture<>();
  private final long demand;
  private volatile Runnable onNext = () -> {};
  private volatile Runnable onSubscribe = () -> {};

  /** Asks for so much when it is subscribed; 0: for nothing. */
  public RecordedSignals(long demand) {
    this.demand = demand;
  }

  /** What comes from the publisher when it is asked for so much; 0: for nothing yet. */
  public static <T> RecordedSignals<T> on(Flow.Publisher<T> publisher, long demand) {
    RecordedSignals<T> signals = new RecordedSignals<>(demand);
    publisher.subscribe(signals);
    return signals;
  }

  /** What it does at each item. */
  public void atEach(Runnable action) {
    onNext = action;
  }

  /** What it does when it is subscribed, after it has asked. */
  public void atSubscription(Runnable action) {
    onSubscribe = action;
  }

  /** Asks for more. */
  public void request(long n) {
    subscribed.join().request(n);
  }

  /** Cancels the subscription. */
  public void cancel() {
    subscribed.join().cancel();
  }

  /** The items so far. */
  public synchronized List<T> items() {
    return List.copyOf(items);
  }

  /** All signals so far: the items' texts, {@code complete}, {@code error} with its type. */
  public synchronized List<String> signals() {
    return List.copyOf(signals);
  }

  /** Whether it has completed or failed. */
  public boolean hasEnded() {
    return ended.isDone();
  }

  /** All items when it completes, or what it fails with. */
  public CompletableFuture<List<T>> ended() {
    return ended;
  }

  /** The items, once there are so many. */
  public List<T> awaitItems(int count) {
    Eventually.holds(
        () -> items().size() >= count, () -> count + " items, are " + signals(), Eventually.LIMIT);
    return items();
  }

  /** All items, once it has completed. */
  public List<T> awaitAll() {
    return Awaited.value(ended);
  }

  /** The text of all chunks of bytes, once it has completed. */
  public String awaitText() {
    StringBuilder text = new StringBuilder();
    awaitAll().forEach(item -> text.append(text(item)));
    return text.toString();
  }

  /** The error that it ends with. */
  public Throwable awaitError() {
    return Awaited.error(ended);
  }

  private static String text(Object item) {
    return item instanceof ByteBuffer chunk
        ? StandardCharsets.UTF_8.decode(chunk.duplicate()).toString()
        : item.toString();
  }

  private synchronized void keep(String signal) {
    signals.add(signal);
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscribed.complete(subscription);
    if (demand > 0) {
      subscription.request(demand);
    }
    onSubscribe.run();
  }

  @Override
  public void onNext(T item) {
    synchronized (this) {
      items.add(item);
      signals.add(text(item));
    }
    onNext.run();
  }

  @Override
  public void onError(@Nullable Throwable thrown) {
    Throwable error = thrown == null ? new AssertionError("null") : thrown;
    keep("error " + error.getClass().getSimpleName());
    ended.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    keep("complete");
    ended.complete(items());
  }
}
