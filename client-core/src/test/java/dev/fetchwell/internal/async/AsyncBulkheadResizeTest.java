package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.internal.async.AsyncBulkhead.Permit;
import dev.fetchwell.internal.async.AsyncBulkhead.Place;
import dev.fetchwell.internal.async.AsyncBulkhead.Waiter;
import dev.fetchwell.testkit.ManualExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A bulkhead whose number of permits changes while some are out and others are waited for. */
class AsyncBulkheadResizeTest {

  private final ManualExecutor executor = new ManualExecutor();
  private final QueueLimit places = new QueueLimit(100_000);

  @Test
  void raisedLimitResumesAsManyWaitersInTheirOrderOnTheExecutor() {
    AsyncBulkhead bulkhead = bulkhead(1);
    permit(bulkhead);
    List<Waiter> waiters = waiters(bulkhead, 4);

    bulkhead.resize(() -> 3);

    assertThat(waiters).noneMatch(Waiter::isDone);
    assertThat(executor.pending()).isEqualTo(2);
    executor.runAll();
    assertThat(waiters).map(Waiter::isDone).containsExactly(true, true, false, false);
    assertThat(places.taken()).isEqualTo(2);
  }

  @Test
  void raisedLimitLeavesFreeWhatNobodyWaitsFor() {
    AsyncBulkhead bulkhead = bulkhead(1);
    permit(bulkhead);

    bulkhead.resize(() -> 3);

    permit(bulkhead);
    permit(bulkhead);
    assertThat(bulkhead.acquire()).isInstanceOf(Waiter.class);
  }

  @Test
  void loweredLimitTakesFreePermitsFirst() {
    AsyncBulkhead bulkhead = bulkhead(4);
    Permit out = permit(bulkhead);

    bulkhead.resize(() -> 2);

    permit(bulkhead);
    assertThat(bulkhead.acquire()).isInstanceOf(Waiter.class);
    out.release();
    assertThat(executor.pending()).isEqualTo(1);
  }

  @Test
  void loweredLimitThenTakesThoseThatComeBackAndNoneByForce() {
    AsyncBulkhead bulkhead = bulkhead(4);
    List<Permit> out =
        List.of(permit(bulkhead), permit(bulkhead), permit(bulkhead), permit(bulkhead));
    Waiter waiter = waiters(bulkhead, 1).get(0);

    bulkhead.resize(() -> 1);

    out.get(0).release();
    out.get(1).release();
    out.get(2).release();
    executor.runAll();
    assertThat(waiter).as("one is still out, as many as there are").isNotDone();
    out.get(3).release();
    executor.runAll();
    assertThat(waiter).isCompleted();
  }

  @Test
  void limitThatIsRaisedAgainWhileMoreAreOutHandsOutNothing() {
    AsyncBulkhead bulkhead = bulkhead(4);
    for (int i = 0; i < 4; i++) {
      permit(bulkhead);
    }
    Waiter waiter = waiters(bulkhead, 1).get(0);
    bulkhead.resize(() -> 1);

    bulkhead.resize(() -> 4);
    executor.runAll();
    assertThat(waiter).isNotDone();
    bulkhead.resize(() -> 5);
    executor.runAll();

    assertThat(waiter).isCompleted();
  }

  @Test
  void waitersWaitWhileThereIsNoPermitAtAll() {
    AsyncBulkhead bulkhead = bulkhead(1);
    bulkhead.resize(() -> 0);
    Waiter waiter = waiters(bulkhead, 1).get(0);

    bulkhead.resize(() -> -5);
    bulkhead.resize(() -> 1);
    executor.runAll();

    assertThat(waiter).isCompleted();
    assertThat(bulkhead.acquire()).isInstanceOf(Waiter.class);
  }

  @Test
  void executorThatRejectsWhenTheLimitIsRaisedFailsTheWaitersAndKeepsThePermits() {
    AsyncBulkhead bulkhead = bulkhead(0);
    List<Waiter> waiters = waiters(bulkhead, 5);
    executor.reject(true);

    bulkhead.resize(() -> 2);

    assertThat(waiters).allMatch(Waiter::isCompletedExceptionally);
    assertThat(places.taken()).isZero();
    permit(bulkhead);
    permit(bulkhead);
    assertThat(bulkhead.acquire()).isInstanceOf(Waiter.class);
  }

  /** Against a model that counts: what is out is never more than there was room for. */
  @Test
  void hundredThousandRandomStepsLoseNoPermit() {
    Random random = new Random(9);
    AsyncBulkhead bulkhead = bulkhead(8);
    List<Permit> out = new ArrayList<>();
    List<Waiter> waiting = new ArrayList<>();
    int limit = 8;
    for (int step = 0; step < 100_000; step++) {
      int before = out.size() + executor.pending();
      switch (random.nextInt(8)) {
        case 0 -> {
          limit = random.nextInt(17);
          int now = limit;
          bulkhead.resize(() -> now);
        }
        case 1, 2, 3 -> {
          Place place = Objects.requireNonNull(bulkhead.acquire());
          if (place instanceof Permit permit) {
            out.add(permit);
          } else if (place instanceof Waiter waiter) {
            waiting.add(waiter);
          }
        }
        case 4, 5 -> {
          if (!out.isEmpty()) {
            out.remove(random.nextInt(out.size())).release();
            before--;
          }
        }
        case 6 -> {
          if (!waiting.isEmpty()) {
            waiting.remove(random.nextInt(waiting.size())).cancel(false);
          }
        }
        default -> executor.runAll();
      }
      if (random.nextInt(4) > 0) {
        executor.runAll();
      }
      moveGranted(waiting, out);
      assertThat(out.size()).isLessThanOrEqualTo(Math.max(limit, before));
      if (executor.pending() == 0) {
        assertThat(waiting.isEmpty() || out.size() >= limit)
            .as("nobody waits for a free one")
            .isTrue();
      }
    }
    waiting.forEach(waiter -> waiter.cancel(false));
    executor.runAll();
    out.forEach(Permit::release);
    bulkhead.resize(() -> 8);
    assertFree(bulkhead, 8);
  }

  private static void assertFree(AsyncBulkhead bulkhead, int permits) {
    for (int i = 0; i < permits; i++) {
      permit(bulkhead);
    }
    assertThat(bulkhead.acquire()).isInstanceOf(Waiter.class);
  }

  /** Takes from those that wait the ones that have their permit. */
  private static void moveGranted(List<Waiter> waiting, List<Permit> out) {
    waiting.removeIf(
        waiter -> {
          boolean granted = waiter.isDone() && !waiter.isCompletedExceptionally();
          if (granted) {
            out.add(waiter.join());
          }
          return granted;
        });
  }

  @Test
  void manyThreadsThatComeGoCancelAndResizeLoseNoPermit() throws Exception {
    int threads = 6;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    AsyncBulkhead bulkhead = new AsyncBulkhead(4, places, pool);
    AtomicInteger limit = new AtomicInteger(4);
    CyclicBarrier start = new CyclicBarrier(threads - 1);
    List<Future<?>> ends = new ArrayList<>();
    try {
      for (int i = 0; i < threads - 1; i++) {
        ends.add(pool.submit(() -> comeAndGo(bulkhead, limit, start)));
      }
      for (Future<?> end : ends) {
        end.get(60, TimeUnit.SECONDS);
      }
      limit.set(4);
      bulkhead.resize(limit::get);
      for (int i = 0; i < 4; i++) {
        Place place = Objects.requireNonNull(bulkhead.acquire());
        if (place instanceof Waiter waiter) {
          // One may still be on its way back by the pool.
          assertThat(waiter.get(10, TimeUnit.SECONDS)).isNotNull();
        }
      }
      assertThat(bulkhead.acquire()).isInstanceOf(Waiter.class);
    } finally {
      pool.shutdownNow();
    }
  }

  private static Void comeAndGo(AsyncBulkhead bulkhead, AtomicInteger limit, CyclicBarrier start)
      throws Exception {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    start.await(10, TimeUnit.SECONDS);
    for (int turn = 0; turn < 20_000; turn++) {
      if (random.nextInt(4) == 0) {
        limit.set(random.nextInt(1, 9));
        bulkhead.resize(limit::get);
      }
      Place place = Objects.requireNonNull(bulkhead.acquire());
      if (place instanceof Permit permit) {
        permit.release();
      } else if (place instanceof Waiter waiter) {
        if (random.nextBoolean()) {
          waiter.cancel(false);
        }
        var unused = waiter.thenAccept(Permit::release);
      }
    }
    return null;
  }

  private AsyncBulkhead bulkhead(int permits) {
    return new AsyncBulkhead(permits, places, executor);
  }

  private static Permit permit(AsyncBulkhead bulkhead) {
    Place place = bulkhead.acquire();
    assertThat(place).isInstanceOf(Permit.class);
    return (Permit) Objects.requireNonNull(place);
  }

  private static List<Waiter> waiters(AsyncBulkhead bulkhead, int count) {
    List<Waiter> waiters = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      waiters.add((Waiter) Objects.requireNonNull(bulkhead.acquire()));
    }
    return waiters;
  }
}
