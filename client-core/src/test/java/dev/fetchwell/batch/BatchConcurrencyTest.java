package dev.fetchwell.batch;

import static dev.fetchwell.batch.Failures.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.Outcome;
import dev.fetchwell.testkit.Awaited;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a batch starts what. */
@Timeout(60)
class BatchConcurrencyTest {

  private final StubCalls calls = new StubCalls();

  @Test
  void endlessIteratorIsTakenOnlyAsItemsEnd() {
    AtomicInteger taken = new AtomicInteger();
    Iterator<Integer> endless = Stream.generate(taken::getAndIncrement).iterator();
    CompletableFuture<BatchSummary> batch =
        Batch.of(endless, calls).concurrency(3).forEach((item, outcome) -> {});
    for (int i = 0; i < 100; i++) {
      calls.get(i).succeed();
    }
    calls.awaitStarted(103);
    assertThat(calls.mostRunning()).isEqualTo(3);
    // hasNext() of such an iterator takes one ahead.
    assertThat(taken.get()).isBetween(103, 104);
    batch.cancel(false);
    calls.awaitNoneRunning();
  }

  @Test
  void neverMoreThanConcurrencyRun() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      AtomicInteger running = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      List<Integer> items = IntStream.range(0, 20_000).boxed().toList();
      CompletableFuture<List<Integer>> all =
          Batch.of(
                  items,
                  item -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    CompletableFuture<Integer> call = new CompletableFuture<>();
                    Runnable end =
                        () -> {
                          running.decrementAndGet();
                          call.complete(item);
                        };
                    if (ThreadLocalRandom.current().nextInt(4) == 0) {
                      end.run();
                    } else {
                      pool.execute(end);
                    }
                    return call;
                  })
              .concurrency(7)
              .all();
      assertThat(Awaited.value(all, LIMIT)).isEqualTo(items);
      assertThat(most.get()).isBetween(1, 7);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aMillionCallsThatEndAtOnceOverflowNoStack() {
    int count = 1_000_000;
    Iterable<Integer> items = () -> IntStream.range(0, count).iterator();
    Batch<Integer, Integer> batch = Batch.of(items, CompletableFuture::completedFuture);
    BatchSummary summary = Awaited.value(batch.forEach((item, outcome) -> {}), LIMIT);
    assertThat(summary.succeeded()).isEqualTo(count);
    assertThat(Awaited.value(batch.concurrency(1).all(), LIMIT)).hasSize(count).endsWith(count - 1);
  }

  @Test
  void slowHandlerHoldsBackStarts() throws Exception {
    CountDownLatch handling = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<BatchSummary> batch =
        Batch.of(List.of(0, 1, 2, 3, 4, 5), calls)
            .concurrency(2)
            .forEach(
                (item, outcome) -> {
                  handling.countDown();
                  awaited(go);
                });
    calls.awaitStarted(2);
    Thread ending = new Thread(() -> calls.get(0).succeed());
    ending.start();
    awaited(handling);
    calls.get(1).succeed();
    assertThat(calls.started()).isEqualTo(2);
    go.countDown();
    ending.join();
    for (int i = 2; i < 6; i++) {
      calls.get(i).succeed();
    }
    assertThat(Awaited.value(batch, LIMIT).total()).isEqualTo(6);
  }

  @Test
  void blockedIteratorHoldsUpNeitherTheCallerNorWhatHasEnded() {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Integer> handled = new CompletableFuture<>();
    CompletableFuture<BatchSummary> batch =
        Batch.of(new Blocking(1, asked, go), calls)
            .forEach((item, outcome) -> handled.complete(item));
    awaited(asked);
    calls.get(0).succeed();
    assertThat(Awaited.value(handled, LIMIT)).isZero();
    assertThat(batch).isNotDone();
    go.countDown();
    calls.get(1).succeed();
    assertThat(Awaited.value(batch, LIMIT).total()).isEqualTo(2);
  }

  @Test
  void failureOfAllIsToldWhileTheIteratorBlocks() {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<List<String>> all = Batch.of(new Blocking(2, asked, go), calls).all();
    awaited(asked);
    RuntimeException failure = Failures.connectionError("reset");
    calls.get(0).completeExceptionally(failure);
    assertThat(Awaited.error(all, LIMIT)).isSameAs(failure);
    assertThat(calls.get(1)).isCancelled();
    go.countDown();
  }

  @Test
  void everythingIsCancelledBeforeDependentsHearOfIt() {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<List<String>> all = Batch.of(new Blocking(3, asked, go), calls).all();
    awaited(asked);
    CompletableFuture<Integer> seen = all.handle((values, thrown) -> calls.running());
    all.cancel(false);
    assertThat(seen).isCompletedWithValue(0);
    go.countDown();
  }

  @Test
  void cancelledBatchStartsNothingWhenABlockedIteratorGoesOn() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Blocking items = new Blocking(1, asked, go);
    CompletableFuture<List<Outcome<String>>> batch = Batch.of(items, calls).settled();
    awaited(asked);
    batch.cancel(false);
    assertThat(calls.get(0)).isCancelled();
    go.countDown();
    assertThat(items.returned.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(items.next).isEqualTo(1);
    assertThat(calls.started()).isEqualTo(1);
  }

  @Test
  void handlersAndSequenceAreCalledByOneThreadAtATime() {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Integer> handled = new ArrayList<>();
      Iterator<Integer> items = IntStream.range(0, 20_000).iterator();
      BatchSummary summary =
          Awaited.value(
              Batch.of(items, item -> CompletableFuture.supplyAsync(() -> item, pool))
                  .concurrency(16)
                  .forEach((item, outcome) -> handled.add(item)),
              LIMIT);
      assertThat(summary.succeeded()).isEqualTo(20_000);
      assertThat(handled).hasSize(20_000).doesNotHaveDuplicates();
    } finally {
      pool.shutdownNow();
    }
  }

  private static void awaited(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /** Gives some items at once, then blocks until told to go on and gives one more. */
  private static final class Blocking implements Iterator<Integer> {

    private final int atOnce;
    private final CountDownLatch asked;
    private final CountDownLatch go;
    private final CountDownLatch returned = new CountDownLatch(1);
    private volatile int next;

    private Blocking(int atOnce, CountDownLatch asked, CountDownLatch go) {
      this.atOnce = atOnce;
      this.asked = asked;
      this.go = go;
    }

    @Override
    public boolean hasNext() {
      if (next == atOnce) {
        asked.countDown();
        awaited(go);
        returned.countDown();
      }
      return next <= atOnce;
    }

    @Override
    public Integer next() {
      int item = next;
      next = item + 1;
      return item;
    }
  }
}
