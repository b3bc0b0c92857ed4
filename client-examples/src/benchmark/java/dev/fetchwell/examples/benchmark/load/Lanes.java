package dev.fetchwell.examples.benchmark.load;

import dev.fetchwell.examples.benchmark.client.ClientUnderTest;
import dev.fetchwell.examples.benchmark.client.User;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** So many calls in flight, each started where the one before it in its lane ended. */
final class Lanes {

  private static final int SECONDS_AT_MOST = 90;

  private final ClientUnderTest client;
  private final String url;
  private final IntPredicate another;
  private final LongAdder calls = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final AtomicReference<@Nullable String> firstError = new AtomicReference<>();

  /** A lane sends another call while this says so of the number that it has sent. */
  Lanes(ClientUnderTest client, String url, IntPredicate another) {
    this.client = client;
    this.url = url;
    this.another = another;
  }

  /** Waits until all have ended. */
  void run(int inFlight) throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(inFlight);
    for (int i = 0; i < inFlight; i++) {
      new Lane(ended).next();
    }
    if (!ended.await(SECONDS_AT_MOST, TimeUnit.SECONDS)) {
      throw new IllegalStateException(ended.getCount() + " lanes have calls that do not end");
    }
  }

  long calls() {
    return calls.sum();
  }

  long errors() {
    return errors.sum();
  }

  String firstError() {
    String message = firstError.get();
    return message == null ? "" : message;
  }

  private final class Lane {

    private final CountDownLatch ended;
    // Answers that come while their call is being sent do not nest.
    private final AtomicInteger due = new AtomicInteger();
    private int sent;

    Lane(CountDownLatch ended) {
      this.ended = ended;
    }

    void next() {
      if (due.getAndIncrement() > 0) {
        return;
      }
      do {
        if (!another.test(sent)) {
          ended.countDown();
          return;
        }
        sent++;
        var unused = send().whenComplete(this::ended);
      } while (due.decrementAndGet() > 0);
    }

    private CompletableFuture<User> send() {
      try {
        return client.get(url);
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    private void ended(@Nullable User user, @Nullable Throwable thrown) {
      calls.increment();
      if (thrown != null || user == null || user.id() != 7) {
        errors.increment();
        firstError.compareAndSet(null, String.valueOf(thrown));
      }
      next();
    }
  }
}
