package dev.fetchwell.batch;

import static dev.fetchwell.batch.Failures.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.RecordedSignals;
import dev.fetchwell.testkit.VirtualTimer;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values that hold something are the user's, or closed; on the test's own thread. */
@Timeout(60)
class BatchClosingTest {

  private static final Platform INLINE =
      new Platform(
          Runnable::run, Runnable::run, new VirtualTimer(), InstantSource.system(), new Random(1));

  private final List<TestHandle> handles =
      List.of(new TestHandle(), new TestHandle(), new TestHandle(), new TestHandle());
  private final List<Deaf> calls = List.of(new Deaf(), new Deaf(), new Deaf(), new Deaf());
  private final Batch<Integer, TestHandle> batch = batch(4);

  /** A call that goes on when it is cancelled, as the far end of a {@code thenApply} does. */
  private static final class Deaf extends CompletableFuture<TestHandle> {

    @Override
    public boolean cancel(boolean mayInterrupt) {
      return false;
    }
  }

  private Batch<Integer, TestHandle> batch(int items) {
    Function<Integer, CompletableFuture<TestHandle>> call = calls::get;
    return Batch.of(IntStream.range(0, items).boxed().toList(), call).on(INLINE);
  }

  private void succeed(int... items) {
    for (int item : items) {
      calls.get(item).complete(handles.get(item));
    }
  }

  private List<Integer> closes() {
    return handles.stream().map(TestHandle::closes).toList();
  }

  @Test
  void allThatSucceedsClosesNothing() {
    CompletableFuture<List<TestHandle>> all = batch.all();
    succeed(2, 0, 1, 3);
    assertThat(all).isCompletedWithValue(handles);
    assertThat(closes()).containsExactly(0, 0, 0, 0);
  }

  @Test
  void allThatFailsClosesWhatItHasBeforeItsFutureEndsAndWhatComesLater() {
    List<Integer> seen = new ArrayList<>();
    CompletableFuture<List<TestHandle>> all = batch.all();
    var unused = all.whenComplete((values, thrown) -> seen.addAll(closes()));
    succeed(3, 0);
    calls.get(1).completeExceptionally(new IOException("refused"));
    assertThat(all).isCompletedExceptionally();
    assertThat(seen).containsExactly(1, 0, 0, 1);
    succeed(2);
    assertThat(closes()).containsExactly(1, 0, 1, 1);
  }

  @Test
  void sequenceThatThrowsFailsAllAndClosesWhatItHas() {
    Iterable<Integer> breaking =
        () ->
            Stream.of(0, 1)
                .map(
                    item -> {
                      if (item == 1) {
                        throw new IllegalStateException("cursor closed");
                      }
                      return item;
                    })
                .iterator();
    succeed(0);
    Function<Integer, CompletableFuture<TestHandle>> call = calls::get;
    assertThat(Batch.of(breaking, call).on(INLINE).all()).isCompletedExceptionally();
    assertThat(handles.get(0).closes()).isEqualTo(1);
  }

  @Test
  void losersOfFirstAreClosedAndTheWinnerIsNot() {
    CompletableFuture<TestHandle> first = batch.first();
    calls.get(0).completeExceptionally(new IOException("refused"));
    succeed(2);
    assertThat(first).isCompletedWithValue(handles.get(2));
    succeed(1, 3);
    assertThat(closes()).containsExactly(0, 1, 0, 1);
  }

  @Test
  void loserThatIsTheWinnerAgainIsNotClosed() {
    CompletableFuture<TestHandle> first = batch.first();
    calls.forEach(call -> call.complete(handles.get(0)));
    assertThat(first).isCompletedWithValue(handles.get(0));
    assertThat(handles.get(0).closes()).isZero();
  }

  @Test
  void valueOfSeveralItemsIsClosedOnce() {
    CompletableFuture<List<TestHandle>> all = batch.all();
    calls.get(0).complete(handles.get(0));
    calls.get(1).complete(handles.get(0));
    calls.get(2).completeExceptionally(new IOException("refused"));
    calls.get(3).complete(handles.get(0));
    assertThat(all).isCompletedExceptionally();
    assertThat(handles.get(0).closes()).isEqualTo(1);
  }

  static Stream<Named<Function<Batch<Integer, TestHandle>, CompletableFuture<?>>>> gathering() {
    return Stream.of(Named.of("all", Batch::all), Named.of("settled", Batch::settled));
  }

  @ParameterizedTest
  @MethodSource("gathering")
  void cancelledBatchClosesWhatItHasAndWhatComesLater(
      Function<Batch<Integer, TestHandle>, CompletableFuture<?>> terminal) {
    CompletableFuture<?> future = terminal.apply(batch);
    succeed(0, 2);
    future.cancel(false);
    assertThat(closes()).containsExactly(1, 0, 1, 0);
    succeed(1, 3);
    assertThat(closes()).containsExactly(1, 1, 1, 1);
  }

  @Test
  void settledHandsAllValuesOver() {
    CompletableFuture<List<Outcome<TestHandle>>> settled = batch.settled();
    succeed(0, 2, 3);
    calls.get(1).completeExceptionally(new IOException("refused"));
    assertThat(settled).isCompleted();
    assertThat(closes()).containsExactly(0, 0, 0, 0);
  }

  @Test
  void whatForEachHandedOverIsTheHandlersAndTheRestIsClosed() {
    CompletableFuture<BatchSummary> each =
        batch.forEach(
            (item, outcome) -> {
              if (item == 2) {
                throw new IllegalStateException("disk full");
              }
            });
    succeed(0, 2, 1);
    assertThat(each).isCompletedExceptionally();
    assertThat(closes()).containsExactly(0, 1, 0, 0);
    succeed(3);
    assertThat(closes()).containsExactly(0, 1, 0, 1);
  }

  @Test
  void whatASubscriberDidNotGetIsClosedWhenItCancels() {
    RecordedSignals<Batch.Result<Integer, TestHandle>> signals =
        RecordedSignals.on(batch.publisher(), 0);
    signals.request(1);
    succeed(1, 0);
    assertThat(signals.awaitItems(1)).extracting(Batch.Result::item).containsExactly(1);
    assertThat(closes()).containsExactly(0, 0, 0, 0);
    signals.cancel();
    assertThat(closes()).containsExactly(1, 0, 0, 0);
    succeed(2, 3);
    assertThat(closes()).containsExactly(1, 0, 1, 1);
  }

  static Stream<Throwable> throwables() {
    return Stream.of(
        new IllegalStateException("unchecked"),
        new IOException("checked"),
        new NoClassDefFoundError("a linkage error"),
        new StackOverflowError());
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void closingThatThrowsHindersNothing(Throwable bug) {
    TestHandle throwing = new TestHandle(bug);
    CompletableFuture<List<TestHandle>> all = batch.all();
    calls.get(0).complete(throwing);
    succeed(1);
    calls.get(2).completeExceptionally(new IOException("refused"));
    assertThat(Awaited.error(all, LIMIT))
        .isInstanceOf(UnexpectedError.class)
        .hasMessageContaining("IOExc");
    assertThat(throwing.closes()).isEqualTo(1);
    assertThat(handles.get(1).closes()).isEqualTo(1);
  }

  @Test
  void lateValueOfAGroupIsClosed() {
    CompletableFuture<TestHandle> task;
    try (TaskGroup group = TaskGroup.open()) {
      task = group.fork(() -> calls.get(0));
    }
    assertThat(task).isCancelled();
    succeed(0);
    assertThat(handles.get(0).closes()).isEqualTo(1);
  }

  /** Whoever wins: the user has all values and none is closed, or each is closed once. */
  @Test
  void valuesBelongToSomebodyHoweverACancelRaces() throws Exception {
    int cancelled = 0;
    for (int round = 0; round < 2_000; round++) {
      List<CompletableFuture<TestHandle>> racing =
          Stream.<CompletableFuture<TestHandle>>generate(Deaf::new).limit(6).toList();
      Function<Integer, CompletableFuture<TestHandle>> call = racing::get;
      Batch<Integer, TestHandle> six = Batch.of(List.of(0, 1, 2, 3, 4, 5), call).on(INLINE);
      CompletableFuture<List<TestHandle>> all = six.all();
      List<TestHandle> values = Stream.generate(TestHandle::new).limit(6).toList();
      race(
          () -> IntStream.of(0, 2, 4).forEach(i -> racing.get(i).complete(values.get(i))),
          () -> IntStream.of(1, 3, 5).forEach(i -> racing.get(i).complete(values.get(i))),
          () -> all.cancel(false));
      int expected = all.isCancelled() ? 1 : 0;
      cancelled += expected;
      assertThat(values).extracting(TestHandle::closes).containsOnly(expected);
    }
    assertThat(cancelled).isPositive();
  }

  private static void race(Runnable... runners) throws Exception {
    CyclicBarrier start = new CyclicBarrier(runners.length);
    List<CompletableFuture<@Nullable Void>> ends = new ArrayList<>();
    for (Runnable runner : runners) {
      CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
      ends.add(end);
      Platform.system()
          .execute(
              () -> {
                try {
                  start.await(20, TimeUnit.SECONDS);
                  runner.run();
                  end.complete(null);
                } catch (Exception e) {
                  end.completeExceptionally(e);
                }
              });
    }
    for (CompletableFuture<?> end : ends) {
      end.get(30, TimeUnit.SECONDS);
    }
  }
}
