package dev.fetchwell.examples.reactive;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Asks for three items, and then for no more. */
final class AskingForThree<T> implements Subscriber<T> {

  private final CompletableFuture<Subscription> subscription = new CompletableFuture<>();
  private final CountDownLatch items = new CountDownLatch(3);

  @Override
  public void onSubscribe(Subscription upstream) {
    subscription.complete(upstream);
    upstream.request(3);
  }

  @Override
  public void onNext(T item) {
    items.countDown();
  }

  @Override
  public void onError(Throwable thrown) {
    throw new AssertionError(thrown);
  }

  @Override
  public void onComplete() {
    throw new AssertionError("an endless stream has ended");
  }

  void awaitThree() {
    try {
      if (!items.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError(items.getCount() + " items have not come");
      }
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    }
  }

  void cancel() {
    subscription.join().cancel();
  }
}
