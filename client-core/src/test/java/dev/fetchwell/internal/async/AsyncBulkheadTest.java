package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.internal.async.AsyncBulkhead.Permit;
import dev.fetchwell.testkit.ManualExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class AsyncBulkheadTest {

  private final ManualExecutor executor = new ManualExecutor();
  private final QueueLimit places = new QueueLimit(10);

  @Test
  void freePermitIsGrantedAtOnce() {
    AsyncBulkhead bulkhead = bulkhead(2);

    assertThat(acquire(bulkhead)).isCompleted();
    assertThat(acquire(bulkhead)).isCompleted();
    assertThat(acquire(bulkhead)).isNotDone();
    assertThat(places.taken()).isEqualTo(1);
  }

  @Test
  void waitersAreGrantedFirstInFirstOut() {
    AsyncBulkhead bulkhead = bulkhead(1);
    Permit permit = acquire(bulkhead).join();
    List<Integer> order = new ArrayList<>();
    List<CompletableFuture<Permit>> waiters = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      CompletableFuture<Permit> waiter = acquire(bulkhead);
      int number = i;
      var unused = waiter.thenAccept(granted -> order.add(number));
      waiters.add(waiter);
    }

    permit.release();
    for (CompletableFuture<Permit> waiter : waiters) {
      executor.runAll();
      waiter.join().release();
    }

    assertThat(order).containsExactly(0, 1, 2, 3, 4);
    assertThat(acquire(bulkhead)).isCompleted();
  }

  @Test
  void waiterIsResumedOnTheExecutorAndNotByTheReleaser() {
    AsyncBulkhead bulkhead = bulkhead(1);
    Permit permit = acquire(bulkhead).join();
    CompletableFuture<Permit> waiter = acquire(bulkhead);

    permit.release();

    assertThat(waiter).isNotDone();
    assertThat(executor.pending()).isEqualTo(1);
    executor.runAll();
    assertThat(waiter).isCompleted();
  }

  @Test
  void cancelledWaiterGivesUpItsPlaceAndTheNextInLineIsServed() {
    AsyncBulkhead bulkhead = bulkhead(1);
    Permit permit = acquire(bulkhead).join();
    CompletableFuture<Permit> first = acquire(bulkhead);
    CompletableFuture<Permit> middle = acquire(bulkhead);
    CompletableFuture<Permit> last = acquire(bulkhead);

    assertThat(middle.cancel(false)).isTrue();
    assertThat(first.cancel(false)).isTrue();
    assertThat(places.taken()).isEqualTo(1);

    permit.release();
    executor.runAll();
    assertThat(last).isCompleted();
    assertThat(places.taken()).isZero();
  }

  @Test
  void cancellingTheLastInLineKeepsTheQueueWhole() {
    AsyncBulkhead bulkhead = bulkhead(1);
    Permit permit = acquire(bulkhead).join();
    CompletableFuture<Permit> first = acquire(bulkhead);
    CompletableFuture<Permit> last = acquire(bulkhead);
    last.cancel(false);
    CompletableFuture<Permit> after = acquire(bulkhead);

    permit.release();
    executor.runAll();
    first.join().release();
    executor.runAll();

    assertThat(after).isCompleted();
  }

  @Test
  void grantThatLosesAgainstCancelGivesThePermitToTheNext() {
    AsyncBulkhead bulkhead = bulkhead(1);
    Permit permit = acquire(bulkhead).join();
    CompletableFuture<Permit> loser = acquire(bulkhead);
    CompletableFuture<Permit> next = acquire(bulkhead);

    permit.release();
    assertThat(loser.cancel(false)).isTrue();
    executor.runAll();

    assertThat(loser).isCancelled();
    assertThat(next).isCompleted();
    assertThat(places.taken()).isZero();
  }

  @Test
  void grantThatLosesAgainstCancelWithNobodyWaitingFreesThePermit() {
    AsyncBulkhead bulkhead = bulkhead(1);
    Permit permit = acquire(bulkhead).join();
    CompletableFuture<Permit> loser = acquire(bulkhead);

    permit.release();
    loser.cancel(false);
    executor.runAll();

    assertThat(acquire(bulkhead)).isCompleted();
  }

  @Test
  void cancelAfterTheGrantChangesNothing() {
    AsyncBulkhead bulkhead = bulkhead(1);
    Permit permit = acquire(bulkhead).join();
    CompletableFuture<Permit> waiter = acquire(bulkhead);
    permit.release();
    executor.runAll();

    assertThat(waiter.cancel(false)).isFalse();
    assertThat(acquire(bulkhead)).isNotDone();
  }

  @Test
  void cancellingTwiceGivesBackOnePlace() {
    AsyncBulkhead bulkhead = bulkhead(1);
    Permit permit = acquire(bulkhead).join();
    CompletableFuture<Permit> waiter = acquire(bulkhead);
    CompletableFuture<Permit> other = acquire(bulkhead);

    waiter.cancel(false);
    waiter.cancel(true);

    assertThat(places.taken()).isEqualTo(1);
    permit.release();
    executor.runAll();
    assertThat(other).isCompleted();
  }

  @Test
  void releaseIsIdempotent() {
    AsyncBulkhead bulkhead = bulkhead(1);
    Permit permit = acquire(bulkhead).join();

    permit.release();
    permit.release();
    permit.release();

    assertThat(acquire(bulkhead)).isCompleted();
    assertThat(acquire(bulkhead)).isNotDone();
  }

  @Test
  void queueLimitIsSharedByBulkheads() {
    QueueLimit two = new QueueLimit(2);
    AsyncBulkhead one = new AsyncBulkhead(1, two, executor);
    AsyncBulkhead other = new AsyncBulkhead(1, two, executor);
    Permit permit = acquire(one).join();
    assertThat(acquire(other)).isCompleted();

    CompletableFuture<Permit> waiting = acquire(one);
    CompletableFuture<Permit> elsewhere = acquire(other);

    assertThat(one.acquire()).isNull();
    assertThat(other.acquire()).isNull();
    elsewhere.cancel(false);
    assertThat(one.acquire()).isNotNull();
    permit.release();
    executor.runAll();
    assertThat(waiting).isCompleted();
    assertThat(other.acquire()).isNotNull();
  }

  @Test
  void freePermitNeedsNoPlaceInTheQueue() {
    AsyncBulkhead bulkhead = new AsyncBulkhead(1, new QueueLimit(0), executor);

    assertThat(acquire(bulkhead)).isCompleted();
    assertThat(bulkhead.acquire()).isNull();
  }

  @Test
  void executorThatRejectsFailsTheWaitersAndKeepsThePermit() {
    AsyncBulkhead bulkhead = bulkhead(1);
    Permit permit = acquire(bulkhead).join();
    CompletableFuture<Permit> first = acquire(bulkhead);
    CompletableFuture<Permit> second = acquire(bulkhead);
    executor.reject(true);

    permit.release();

    assertThatThrownBy(first::join).hasCauseInstanceOf(RejectedExecutionException.class);
    assertThat(second).isCompletedExceptionally();
    assertThat(places.taken()).isZero();
    assertThat(acquire(bulkhead)).isCompleted();
  }

  @Test
  void twentyThousandWaitersThatReleaseAtOnceDoNotNest() {
    AsyncBulkhead bulkhead = new AsyncBulkhead(1, new QueueLimit(20_000), executor);
    Permit permit = acquire(bulkhead).join();
    List<CompletableFuture<Permit>> waiters = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      CompletableFuture<Permit> waiter = acquire(bulkhead);
      var unused = waiter.thenAccept(Permit::release);
      waiters.add(waiter);
    }

    permit.release();
    executor.runAll();

    assertThat(waiters).allMatch(waiter -> waiter.isDone() && !waiter.isCompletedExceptionally());
    assertThat(acquire(bulkhead)).isCompleted();
  }

  private AsyncBulkhead bulkhead(int permits) {
    return new AsyncBulkhead(permits, places, executor);
  }

  private static CompletableFuture<Permit> acquire(AsyncBulkhead bulkhead) {
    AsyncBulkhead.Place place = Objects.requireNonNull(bulkhead.acquire());
    return place instanceof Permit permit
        ? CompletableFuture.completedFuture(permit)
        : (AsyncBulkhead.Waiter) place;
  }
}
