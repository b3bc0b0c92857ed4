package dev.fetchwell.batch;

import static dev.fetchwell.batch.Failures.LIMIT;
import static dev.fetchwell.testkit.Sneaky.sneaky;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.testkit.Awaited;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
@SuppressWarnings("FutureReturnValueIgnored") // The group watches its forks.
class TaskGroupTest {

  private final CompletableFuture<String> one = new CompletableFuture<>();
  private final CompletableFuture<String> two = new CompletableFuture<>();

  @Test
  void resultsAreThereAfterJoin() {
    try (TaskGroup group = TaskGroup.open()) {
      CompletableFuture<String> first = group.fork(() -> one);
      CompletableFuture<String> second = group.fork(() -> two);
      two.complete("2");
      one.complete("1");
      group.join();
      assertThat(List.of(first.join(), second.join())).containsExactly("1", "2");
    }
  }

  @Test
  void joinOfAnEmptyGroupReturns() {
    try (TaskGroup group = TaskGroup.open()) {
      group.join();
    }
  }

  @Test
  void firstFailureCancelsTheSiblingsAndIsThrownAsItIs() {
    FetchError failure = Failures.connectionError("reset");
    try (TaskGroup group = TaskGroup.open()) {
      CompletableFuture<String> failed = group.fork(() -> one);
      CompletableFuture<String> sibling = group.fork(() -> two);
      one.completeExceptionally(failure);
      assertThat(two).isCancelled();
      assertThat(sibling).isCancelled();
      assertThat(Awaited.error(failed, LIMIT)).isSameAs(failure);
      assertThatThrownBy(group::join).isSameAs(failure);
    }
  }

  @Test
  void siblingsAreCancelledBeforeDependentsHearOfTheFailure() {
    try (TaskGroup group = TaskGroup.open()) {
      CompletableFuture<String> failing = group.fork(() -> one);
      CompletableFuture<String> unused = group.fork(() -> two);
      CompletableFuture<Boolean> seen = failing.handle((value, thrown) -> two.isCancelled());
      one.completeExceptionally(Failures.connectionError("reset"));
      assertThat(seen).isCompletedWithValue(true);
      assertThat(unused).isCancelled();
    }
  }

  @Test
  void laterFailuresAreSuppressedOnTheFirst() {
    FetchError first = Failures.connectionError("first");
    FetchError second = Failures.connectionError("second");
    try (TaskGroup group = TaskGroup.open()) {
      group.fork(() -> one);
      group.fork(() -> two);
      // Cancelled before the one above, as the last are.
      group.fork(() -> new OnCancel(() -> two.completeExceptionally(second)));
      one.completeExceptionally(first);
      assertThatThrownBy(group::join).isSameAs(first);
    }
    assertThat(first.getSuppressed()).containsExactly(second);
  }

  @Test
  void cancelledTaskThatFailsAllTheSameIsNotToldOf() {
    FetchError first = Failures.connectionError("first");
    try (TaskGroup group = TaskGroup.open()) {
      group.fork(() -> one);
      group.fork(() -> new OnCancel(() -> {}));
      one.completeExceptionally(first);
      assertThatThrownBy(group::join).isSameAs(first);
    }
    assertThat(first.getSuppressed()).isEmpty();
  }

  @Test
  void whatIsNoFetchErrorComesAsAnUnexpectedError() {
    IllegalStateException bug = new IllegalStateException("odd");
    try (TaskGroup group = TaskGroup.open()) {
      group.fork(() -> CompletableFuture.failedFuture(bug));
      assertThatThrownBy(group::join).isInstanceOf(UnexpectedError.class).hasCause(bug);
    }
  }

  static Stream<Throwable> throwables() {
    return Stream.of(
        new IllegalStateException("unchecked"),
        new IOException("checked, from Kotlin say"),
        new AssertionError("an error"),
        new StackOverflowError());
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void supplierThatThrowsFailsTheGroup(Throwable bug) {
    try (TaskGroup group = TaskGroup.open()) {
      group.fork(() -> one);
      CompletableFuture<String> failed =
          group.fork(
              () -> {
                throw sneaky(bug);
              });
      assertThat(failed).isCompletedExceptionally();
      assertThat(one).isCancelled();
      assertThatThrownBy(group::join).isInstanceOf(UnexpectedError.class).hasCause(bug);
    }
  }

  @Test
  @SuppressWarnings("NullAway") // What is tested.
  void supplierThatReturnsNullFailsTheGroup() {
    try (TaskGroup group = TaskGroup.open()) {
      group.fork(() -> (CompletableFuture<String>) null);
      assertThatThrownBy(group::join)
          .isInstanceOf(UnexpectedError.class)
          .hasCauseInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> group.fork(null)).isInstanceOf(NullPointerException.class);
    }
  }

  @Test
  void afterAFailureNothingIsStarted() {
    FetchError failure = Failures.connectionError("reset");
    try (TaskGroup group = TaskGroup.open()) {
      group.fork(() -> CompletableFuture.failedFuture(failure));
      CompletableFuture<String> late =
          group.fork(
              () -> {
                throw new AssertionError("called");
              });
      assertThat(late).isCancelled();
      assertThatThrownBy(group::join).isSameAs(failure);
      assertThat(failure.getSuppressed()).isEmpty();
    }
  }

  @Test
  void forkThatItsCallerCancelsFailsNothing() {
    try (TaskGroup group = TaskGroup.open()) {
      CompletableFuture<String> cancelled = group.fork(() -> one);
      CompletableFuture<String> other = group.fork(() -> two);
      assertThat(cancelled.cancel(false)).isTrue();
      assertThat(one).isCancelled();
      two.complete("2");
      group.join();
      assertThat(other).isCompletedWithValue("2");
    }
  }

  /** Such as by closing the client. */
  @Test
  void taskThatIsCancelledFromElsewhereFailsTheGroup() {
    try (TaskGroup group = TaskGroup.open()) {
      group.fork(() -> one);
      group.fork(() -> two);
      one.cancel(false);
      assertThat(two).isCancelled();
      assertThatThrownBy(group::join)
          .isInstanceOf(UnexpectedError.class)
          .hasCauseInstanceOf(CancellationException.class);
    }
  }

  /** Does something when cancelled, and then fails in a way of its own. */
  private static final class OnCancel extends CompletableFuture<String> {

    private final Runnable action;

    private OnCancel(Runnable action) {
      this.action = action;
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      action.run();
      return completeExceptionally(new IllegalStateException("cancelled"));
    }
  }
}
