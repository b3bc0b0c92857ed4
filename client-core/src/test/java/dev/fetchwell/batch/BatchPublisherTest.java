package dev.fetchwell.batch;

import static dev.fetchwell.batch.Failures.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.batch.Batch.Result;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.RecordedSignals;
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
    RecordedSignals<Result<Integer, String>> signals =
        RecordedSignals.on(Batch.of(endless(), calls).concurrency(2).publisher(), 0);
    assertThat(calls.started()).isZero();
    signals.request(1);
    calls.get(0).succeed();
    assertThat(signals.awaitItems(1)).extracting(Result::item).containsExactly(0);
    // The places of two that ended, and were not asked for, stay taken.
    calls.get(1).succeed();
    calls.get(2).succeed();
    assertThat(calls.started()).isEqualTo(3);
    signals.request(2);
    assertThat(signals.awaitItems(3)).extracting(Result::item).containsExactly(0, 1, 2);
    calls.awaitStarted(5);
    assertThat(calls.mostRunning()).isEqualTo(2);
    signals.cancel();
    calls.awaitNoneRunning();
    assertThat(calls.started()).isEqualTo(5);
  }

  @Test
  void outcomesComeAsTheyEndAndThenItCompletes() {
    RecordedSignals<Result<Integer, String>> signals =
        RecordedSignals.on(Batch.of(List.of(0, 1, 2), calls).publisher(), Long.MAX_VALUE);
    calls.get(2).succeed();
    calls.get(0).completeExceptionally(Failures.connectionError("reset"));
    calls.get(1).succeed();
    assertThat(signals.ended()).succeedsWithin(LIMIT);
    assertThat(signals.awaitItems(3))
        .extracting(result -> result.item() + " " + result.outcome().isSuccess())
        .containsExactly("2 true", "0 false", "1 true");
  }

  @Test
  void itCompletesWithTheLastResultAndWithoutFurtherDemand() {
    RecordedSignals<Result<Integer, String>> signals =
        RecordedSignals.on(Batch.of(List.of(0, 1), calls).publisher(), 2);
    calls.get(0).succeed();
    calls.get(1).succeed();
    assertThat(signals.ended()).succeedsWithin(LIMIT);
  }

  @Test
  void emptyBatchCompletes() {
    RecordedSignals<Result<Integer, String>> signals =
        RecordedSignals.on(Batch.of(List.<Integer>of(), calls).publisher(), 1);
    assertThat(signals.ended()).succeedsWithin(LIMIT);
  }

  @Test
  void iterableIsWalkedAnewByEachSubscriber() {
    Flow.Publisher<Result<Integer, Integer>> publisher =
        Batch.of(List.of(0, 1, 2), CompletableFuture::completedFuture).publisher();
    for (int i = 0; i < 2; i++) {
      RecordedSignals<Result<Integer, Integer>> signals = RecordedSignals.on(publisher, 10);
      assertThat(signals.ended()).succeedsWithin(LIMIT);
      assertThat(signals.awaitItems(3)).extracting(Result::item).containsExactly(0, 1, 2);
    }
  }

  @Test
  void iteratorIsRefusedTheSecondTime() {
    Flow.Publisher<Result<Integer, Integer>> publisher =
        Batch.of(List.of(0, 1).iterator(), CompletableFuture::completedFuture).publisher();
    assertThat(RecordedSignals.on(publisher, 9).ended()).succeedsWithin(LIMIT);
    assertThat(Failures.unexpected(RecordedSignals.on(publisher, 9).ended()))
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
    RecordedSignals<Result<Integer, String>> signals =
        RecordedSignals.on(Batch.of(items, calls).publisher(), 1);
    assertThat(Awaited.error(signals.ended(), LIMIT))
        .isInstanceOf(UnexpectedError.class)
        .hasRootCauseMessage("cursor closed");
    assertThat(calls.started()).isEqualTo(2);
    assertThat(calls.running()).isZero();
  }

  @Test
  void illegalDemandFailsThePublisherAndCancelsTheRest() {
    RecordedSignals<Result<Integer, String>> signals =
        RecordedSignals.on(Batch.of(endless(), calls).concurrency(2).publisher(), 1);
    calls.awaitStarted(2);
    signals.request(0);
    assertThat(Awaited.error(signals.ended(), LIMIT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("request: 0 (expected: >= 1)");
    calls.awaitNoneRunning();
  }

  @Test
  void subscriberThatThrowsCountsAsCancelled() {
    RecordedSignals<Result<Integer, String>> throwing = new RecordedSignals<>(5);
    throwing.atEach(
        () -> {
          throw new AssertionError("a bug in the subscriber");
        });
    Batch.of(List.of(0, 1), calls).publisher().subscribe(throwing);
    calls.awaitStarted(2);
    calls.get(0).succeed();
    assertThat(Awaited.error(calls.get(1), LIMIT)).isInstanceOf(CancellationException.class);
    assertThat(throwing.signals()).hasSize(1);
    assertThat(throwing.hasEnded()).isFalse();
  }

  @Test
  void subscriberThatThrowsWhenItSubscribesStartsNothing() {
    RecordedSignals<Result<Integer, String>> odd = new RecordedSignals<>(5);
    odd.atSubscription(
        () -> {
          throw new IllegalStateException("expected in the log of this test");
        });
    Batch.of(List.of(0, 1), calls).publisher().subscribe(odd);
    assertThat(calls.started()).isZero();
    assertThat(odd.signals()).isEmpty();
  }

  @Test
  void aMillionAskedForOneByOne() {
    int count = 1_000_000;
    Iterator<Integer> items = IntStream.range(0, count).iterator();
    OneByOne subscriber = new OneByOne();
    Batch.of(items, CompletableFuture::completedFuture).publisher().subscribe(subscriber);
    assertThat(Awaited.value(subscriber.counted, LIMIT)).isEqualTo(count);
  }

  private static Iterator<Integer> endless() {
    AtomicInteger next = new AtomicInteger();
    return Stream.generate(next::getAndIncrement).iterator();
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
