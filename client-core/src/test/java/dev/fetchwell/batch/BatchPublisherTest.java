package dev.fetchwell.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.batch.Batch.Result;
import dev.fetchwell.error.UnexpectedError;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchPublisherTest {

  private final StubCalls calls = new StubCalls();

  @Test
  void demandBoundsWhatIsStarted() {
    Signals<Result<Integer, String>> signals =
        Signals.of(Batch.of(endless(), calls).concurrency(2).publisher());
    assertThat(calls.started()).isZero();
    signals.request(1);
    calls.get(0).succeed();
    assertThat(signals.await(1)).extracting(Result::item).containsExactly(0);
    // The places of two that ended, and were not asked for, stay taken.
    calls.get(1).succeed();
    calls.get(2).succeed();
    assertThat(calls.started()).isEqualTo(3);
    signals.request(2);
    assertThat(signals.await(3)).extracting(Result::item).containsExactly(0, 1, 2);
    calls.awaitStarted(5);
    assertThat(calls.mostRunning()).isEqualTo(2);
    signals.cancel();
    calls.awaitNoneRunning();
    assertThat(calls.started()).isEqualTo(5);
  }

  @Test
  void outcomesComeAsTheyEndAndThenItCompletes() {
    Signals<Result<Integer, String>> signals =
        Signals.of(Batch.of(List.of(0, 1, 2), calls).publisher()).request(Long.MAX_VALUE);
    calls.get(2).succeed();
    calls.get(0).completeExceptionally(Thrown.connectionError("reset"));
    calls.get(1).succeed();
    assertThat(Thrown.value(signals.ended())).isTrue();
    assertThat(signals.await(3))
        .extracting(result -> result.item() + " " + result.outcome().isSuccess())
        .containsExactly("2 true", "0 false", "1 true");
  }

  @Test
  void itCompletesWithTheLastResultAndWithoutFurtherDemand() {
    Signals<Result<Integer, String>> signals =
        Signals.of(Batch.of(List.of(0, 1), calls).publisher()).request(2);
    calls.get(0).succeed();
    calls.get(1).succeed();
    assertThat(Thrown.value(signals.ended())).isTrue();
  }

  @Test
  void emptyBatchCompletes() {
    Signals<Result<Integer, String>> signals =
        Signals.of(Batch.of(List.<Integer>of(), calls).publisher()).request(1);
    assertThat(Thrown.value(signals.ended())).isTrue();
  }

  @Test
  void iterableIsWalkedAnewByEachSubscriber() {
    Flow.Publisher<Result<Integer, Integer>> publisher =
        Batch.of(List.of(0, 1, 2), CompletableFuture::completedFuture).publisher();
    for (int i = 0; i < 2; i++) {
      Signals<Result<Integer, Integer>> signals = Signals.of(publisher).request(10);
      assertThat(Thrown.value(signals.ended())).isTrue();
      assertThat(signals.await(3)).extracting(Result::item).containsExactly(0, 1, 2);
    }
  }

  @Test
  void iteratorIsRefusedTheSecondTime() {
    Flow.Publisher<Result<Integer, Integer>> publisher =
        Batch.of(List.of(0, 1).iterator(), CompletableFuture::completedFuture).publisher();
    assertThat(Thrown.value(Signals.of(publisher).request(9).ended())).isTrue();
    assertThat(Thrown.unexpectedBy(Signals.of(publisher).request(9).ended()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void sequenceThatThrowsFailsThePublisherAndCancelsTheRest() {
    Iterator<Integer> items =
        Stream.iterate(
                0,
                item -> {
                  if (item == 1) {
                    throw new IllegalStateException("cursor closed");
                  }
                  return item + 1;
                })
            .iterator();
    Signals<Result<Integer, String>> signals =
        Signals.of(Batch.of(items, calls).publisher()).request(1);
    assertThat(Thrown.by(signals.ended()))
        .isInstanceOf(UnexpectedError.class)
        .hasRootCauseMessage("cursor closed");
    assertThat(calls.started()).isEqualTo(2);
    assertThat(calls.running()).isZero();
  }

  @Test
  void illegalDemandFailsThePublisherAndCancelsTheRest() {
    Signals<Result<Integer, String>> signals =
        Signals.of(Batch.of(endless(), calls).concurrency(2).publisher()).request(1);
    calls.awaitStarted(2);
    signals.request(0);
    assertThat(Thrown.by(signals.ended()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("request: 0 (expected: >= 1)");
    calls.awaitNoneRunning();
  }

  @Test
  void subscriberThatThrowsCountsAsCancelled() {
    CompletableFuture<Throwable> told = new CompletableFuture<>();
    Batch.of(List.of(0, 1), calls).publisher().subscribe(new Throwing(told));
    calls.awaitStarted(2);
    calls.get(0).succeed();
    assertThat(Thrown.by(calls.get(1))).isInstanceOf(CancellationException.class);
    assertThat(told).isNotDone();
  }

  @Test
  void subscriberThatThrowsWhenItSubscribesStartsNothing() {
    CompletableFuture<Throwable> told = new CompletableFuture<>();
    Flow.Subscriber<Result<Integer, String>> odd =
        new Flow.Subscriber<>() {

          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(5);
            throw new IllegalStateException("expected in the log of this test");
          }

          @Override
          public void onNext(Result<Integer, String> result) {
            told.complete(new AssertionError("a result"));
          }

          @Override
          public void onError(Throwable thrown) {
            told.complete(thrown);
          }

          @Override
          public void onComplete() {
            told.complete(new AssertionError("completed"));
          }
        };
    Batch.of(List.of(0, 1), calls).publisher().subscribe(odd);
    assertThat(calls.started()).isZero();
    assertThat(told).isNotDone();
  }

  @Test
  void aMillionAskedForOneByOne() {
    int count = 1_000_000;
    Iterator<Integer> items = IntStream.range(0, count).iterator();
    OneByOne subscriber = new OneByOne();
    Batch.of(items, CompletableFuture::completedFuture).publisher().subscribe(subscriber);
    assertThat(Thrown.value(subscriber.counted)).isEqualTo(count);
  }

  private static Iterator<Integer> endless() {
    AtomicInteger next = new AtomicInteger();
    return Stream.generate(next::getAndIncrement).iterator();
  }

  private static final class Throwing implements Flow.Subscriber<Result<Integer, String>> {

    private final CompletableFuture<Throwable> told;

    private Throwing(CompletableFuture<Throwable> told) {
      this.told = told;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(5);
    }

    @Override
    public void onNext(Result<Integer, String> result) {
      throw new AssertionError("a bug in the subscriber");
    }

    @Override
    public void onError(Throwable thrown) {
      told.complete(thrown);
    }

    @Override
    public void onComplete() {
      told.complete(new AssertionError("completed"));
    }
  }

  /** Asks from within onNext, as subscribers do. */
  private static final class OneByOne implements Flow.Subscriber<Result<Integer, Integer>> {

    private final CompletableFuture<Integer> counted = new CompletableFuture<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private int count;

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription.complete(given);
      given.request(1);
    }

    @Override
    public void onNext(Result<Integer, Integer> result) {
      count++;
      subscription.join().request(1);
    }

    @Override
    public void onError(Throwable thrown) {
      counted.completeExceptionally(thrown);
    }

    @Override
    public void onComplete() {
      counted.complete(count);
    }
  }
}
