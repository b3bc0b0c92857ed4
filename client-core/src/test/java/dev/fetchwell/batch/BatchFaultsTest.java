package dev.fetchwell.batch;

import static dev.fetchwell.batch.Failures.LIMIT;
import static dev.fetchwell.testkit.Sneaky.sneaky;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.testkit.Awaited;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions, sequences and handlers that misbehave: an outcome or a failure, never a hang. */
@Timeout(30)
class BatchFaultsTest {

  private static final List<Integer> THREE = List.of(0, 1, 2);

  private final StubCalls calls = new StubCalls();

  static Stream<Throwable> throwables() {
    return Stream.of(
        new IllegalStateException("unchecked"),
        new IOException("checked, from Kotlin say"),
        new AssertionError("an error"),
        new NoClassDefFoundError("a linkage error"),
        new StackOverflowError());
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void functionThatThrowsMakesAFailedOutcome(Throwable bug) {
    Function<Integer, CompletableFuture<String>> function =
        item -> {
          if (item == 1) {
            throw sneaky(bug);
          }
          return CompletableFuture.completedFuture("v" + item);
        };
    List<Outcome<String>> outcomes = Awaited.value(Batch.of(THREE, function).settled(), LIMIT);
    assertThat(outcomes).extracting(Outcome::isSuccess).containsExactly(true, false, true);
    assertThat(error(outcomes.get(1))).isInstanceOf(UnexpectedError.class).hasCause(bug);
    assertThat(Failures.unexpected(Batch.of(THREE, function).all())).isSameAs(bug);
  }

  @Test
  @SuppressWarnings("NullAway") // What is tested.
  void functionThatReturnsNullMakesAFailedOutcome() {
    Function<Integer, CompletableFuture<String>> function =
        item -> item == 1 ? null : CompletableFuture.completedFuture("v" + item);
    List<Outcome<String>> outcomes = Awaited.value(Batch.of(THREE, function).settled(), LIMIT);
    assertThat(outcomes).extracting(Outcome::isSuccess).containsExactly(true, false, true);
    assertThat(error(outcomes.get(1))).hasCauseInstanceOf(NullPointerException.class);
    assertThat(Failures.unexpected(Batch.of(THREE, function).all()))
        .hasMessage("the batch's function returned null");
  }

  @Test
  @SuppressWarnings("NullAway") // What is tested.
  void nullItemIsAFailedOneThatTheFunctionNeverSees() {
    List<Integer> items = Arrays.asList(0, null, 2);
    CompletableFuture<List<Outcome<String>>> settled = Batch.of(items, calls).settled();
    calls.get(0).succeed();
    calls.get(1).succeed();
    List<Outcome<String>> outcomes = Awaited.value(settled, LIMIT);
    assertThat(outcomes).extracting(Outcome::isSuccess).containsExactly(true, false, true);
    assertThat(error(outcomes.get(1)).getCause())
        .isInstanceOf(NullPointerException.class)
        .hasMessage("item 1 of the batch is null");
    assertThat(calls.started()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void sequenceThatThrowsFailsAllAndCancelsTheRest(Throwable bug) {
    CompletableFuture<List<String>> all = Batch.of(breaking(2, bug), calls).all();
    assertThat(Failures.unexpected(all)).isSameAs(bug);
    assertThat(calls.started()).isEqualTo(2);
    assertThat(calls.running()).isZero();
  }

  @Test
  void sequenceThatThrowsIsTheLastOutcomeOfSettled() {
    IllegalStateException bug = new IllegalStateException("cursor closed");
    CompletableFuture<List<Outcome<String>>> settled = Batch.of(breaking(2, bug), calls).settled();
    calls.get(1).succeed();
    calls.get(0).succeed();
    List<Outcome<String>> outcomes = Awaited.value(settled, LIMIT);
    assertThat(outcomes).extracting(Outcome::isSuccess).containsExactly(true, true, false);
    assertThat(error(outcomes.get(2))).hasCause(bug);
  }

  @Test
  void sequenceThatThrowsLeavesFirstToThoseThatRun() {
    IllegalStateException bug = new IllegalStateException("cursor closed");
    CompletableFuture<String> first = Batch.of(breaking(2, bug), calls).first();
    calls.get(0).completeExceptionally(Failures.connectionError("reset"));
    calls.get(1).succeed();
    assertThat(Awaited.value(first, LIMIT)).isEqualTo("v1");

    CompletableFuture<String> none = Batch.of(breaking(0, bug), calls).first();
    assertThat(Failures.unexpected(none)).isSameAs(bug);
  }

  @Test
  void sequenceThatThrowsFailsForEachAndCancelsTheRest() {
    IllegalStateException bug = new IllegalStateException("cursor closed");
    CompletableFuture<BatchSummary> each =
        Batch.of(breaking(2, bug), calls).forEach((item, outcome) -> {});
    assertThat(Failures.unexpected(each)).isSameAs(bug);
    assertThat(calls.running()).isZero();
  }

  @Test
  @SuppressWarnings("NullAway") // What is tested.
  void iterableWithoutIteratorFailsTheBatch() {
    Iterable<Integer> throwing =
        () -> {
          throw new IllegalStateException("no cursor");
        };
    assertThat(Failures.unexpected(Batch.of(throwing, calls).all())).hasMessage("no cursor");
    Iterable<Integer> empty = () -> null;
    assertThat(Failures.unexpected(Batch.of(empty, calls).all()))
        .isInstanceOf(NullPointerException.class);
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void handlerThatThrowsFailsTheBatchAndCancelsTheRest(Throwable bug) {
    List<@Nullable Integer> handled = new ArrayList<>();
    CompletableFuture<BatchSummary> each =
        Batch.of(THREE, calls)
            .forEach(
                (item, outcome) -> {
                  handled.add(item);
                  throw sneaky(bug);
                });
    calls.get(1).succeed();
    assertThat(Failures.unexpected(each)).isSameAs(bug);
    calls.awaitNoneRunning();
    assertThat(handled).containsExactly(1);
  }

  @Test
  void handlerMayCancelTheBatch() {
    CompletableFuture<CompletableFuture<BatchSummary>> self = new CompletableFuture<>();
    List<Integer> handled = new ArrayList<>();
    CompletableFuture<BatchSummary> each =
        Batch.of(THREE, calls)
            .forEach(
                (item, outcome) -> {
                  handled.add(item);
                  self.join().cancel(false);
                });
    self.complete(each);
    calls.awaitStarted(3);
    calls.get(2).succeed();
    assertThat(Awaited.error(each, LIMIT)).isInstanceOf(CancellationException.class);
    assertThat(calls.running()).isZero();
    assertThat(handled).containsExactly(2);
  }

  private static FetchError error(Outcome<String> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failure.class);
    return ((Outcome.Failure<String>) outcome).error();
  }

  private static Iterator<Integer> breaking(int after, Throwable bug) {
    Iterator<Integer> items = THREE.iterator();
    return new Iterator<>() {

      private int given;

      @Override
      public boolean hasNext() {
        if (given == after) {
          throw sneaky(bug);
        }
        return true;
      }

      @Override
      public Integer next() {
        given++;
        return items.next();
      }
    };
  }
}
