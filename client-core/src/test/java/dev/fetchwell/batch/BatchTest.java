package dev.fetchwell.batch;

import static dev.fetchwell.batch.Failures.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.testkit.Awaited;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the terminal methods make of the outcomes. */
@Timeout(30)
class BatchTest {

  private static final List<Integer> THREE = List.of(0, 1, 2);

  private final StubCalls calls = new StubCalls();

  @Test
  void allKeepsTheItemsOrder() {
    CompletableFuture<List<String>> all = Batch.of(THREE, calls).all();
    calls.get(2).succeed();
    calls.get(0).succeed();
    assertThat(all).isNotDone();
    calls.get(1).succeed();
    assertThat(Awaited.value(all, LIMIT)).containsExactly("v0", "v1", "v2");
  }

  @Test
  void firstFailureOfAllCancelsTheRestAndIsToldAsItIs() {
    CompletableFuture<List<String>> all = Batch.of(THREE, calls).concurrency(2).all();
    calls.awaitStarted(2);
    FetchError failure = Failures.connectionError("reset");
    calls.get(1).completeExceptionally(failure);
    assertThat(Awaited.error(all, LIMIT)).isSameAs(failure);
    assertThat(calls.get(0)).isCancelled();
    assertThat(calls.started()).isEqualTo(2);
  }

  @Test
  void settledKeepsTheItemsOrderAndCancelsNothing() {
    CompletableFuture<List<Outcome<String>>> settled = Batch.of(THREE, calls).settled();
    FetchError failure = Failures.connectionError("reset");
    calls.get(2).completeExceptionally(failure);
    calls.get(1).succeed();
    calls.get(0).succeed();
    assertThat(Awaited.value(settled, LIMIT))
        .containsExactly(
            new Outcome.Success<>("v0"),
            new Outcome.Success<>("v1"),
            new Outcome.Failure<>(failure));
  }

  @Test
  void firstCancelsTheLosers() {
    CompletableFuture<String> first = Batch.of(List.of(0, 1, 2, 3), calls).concurrency(3).first();
    calls.get(0).completeExceptionally(Failures.connectionError("reset"));
    calls.get(2).succeed();
    assertThat(Awaited.value(first, LIMIT)).isEqualTo("v2");
    calls.awaitNoneRunning();
    assertThat(calls.get(1)).isCancelled();
  }

  @Test
  void firstMayBeNull() {
    CompletableFuture<@Nullable Void> first =
        Batch.of(THREE, item -> CompletableFuture.<@Nullable Void>completedFuture(null)).first();
    assertThat(first).succeedsWithin(Duration.ofSeconds(20)).isNull();
  }

  @Test
  void firstFailsWithTheLastErrorIfAllFail() {
    CompletableFuture<String> first = Batch.of(THREE, calls).first();
    FetchError[] errors = new FetchError[3];
    for (int i : new int[] {1, 0, 2}) {
      errors[i] = Failures.connectionError("reset " + i);
      calls.get(i).completeExceptionally(errors[i]);
    }
    assertThat(Awaited.error(first, LIMIT)).isSameAs(errors[2]);
    assertThat(errors[2].getSuppressed()).containsExactly(errors[1], errors[0]);
  }

  @Test
  void forEachSumsUp() {
    List<String> handled = new ArrayList<>();
    CompletableFuture<BatchSummary> batch =
        Batch.of(THREE, calls)
            .forEach((item, outcome) -> handled.add(item + " " + outcome.isSuccess()));
    calls.get(1).succeed();
    calls.get(2).completeExceptionally(new IllegalStateException("odd"));
    calls.get(0).succeed();
    BatchSummary summary = Awaited.value(batch, LIMIT);
    assertThat(summary.total()).isEqualTo(3);
    assertThat(summary.succeeded()).isEqualTo(2);
    assertThat(summary.failed()).isEqualTo(1);
    assertThat(summary.elapsed()).isPositive();
    assertThat(handled).containsExactly("1 true", "2 false", "0 true");
  }

  @Test
  void emptyBatchEndsAtOnce() {
    Batch<Integer, String> empty = Batch.of(List.of(), calls);
    assertThat(Awaited.value(empty.all(), LIMIT)).isEmpty();
    assertThat(Awaited.value(empty.settled(), LIMIT)).isEmpty();
    assertThat(Awaited.value(empty.forEach((item, outcome) -> {}), LIMIT).total()).isZero();
    assertThat(Failures.unexpected(empty.first())).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void cancellingTheFutureCancelsAllThatRunsAndStartsNoMore() {
    List<CompletableFuture<?>> batches =
        List.of(
            Batch.of(THREE, calls).concurrency(2).all(),
            Batch.of(THREE, calls).concurrency(2).settled(),
            Batch.of(THREE, calls).concurrency(2).first(),
            Batch.of(THREE, calls).concurrency(2).forEach((item, outcome) -> {}));
    calls.awaitStarted(8);
    for (CompletableFuture<?> batch : batches) {
      assertThat(batch.cancel(false)).isTrue();
      assertThat(Awaited.error(batch, LIMIT)).isInstanceOf(CancellationException.class);
    }
    calls.awaitNoneRunning();
    assertThat(calls.started()).isEqualTo(8);
  }

  @Test
  void itemThatItsCallerCancelsIsAFailedOne() {
    CompletableFuture<List<Outcome<String>>> settled = Batch.of(List.of(0), calls).settled();
    calls.get(0).cancel(false);
    Outcome<String> outcome = Awaited.value(settled, LIMIT).get(0);
    assertThatThrownBy(outcome::orElseThrow)
        .isInstanceOf(UnexpectedError.class)
        .hasCauseInstanceOf(CancellationException.class);
  }

  @Test
  void iterableIsWalkedAnewByEachTerminalAndIteratorRefused() {
    Batch<Integer, Integer> again = Batch.of(THREE, CompletableFuture::completedFuture);
    assertThat(Awaited.value(again.all(), LIMIT))
        .isEqualTo(Awaited.value(again.concurrency(1).all(), LIMIT));
    Iterator<Integer> items = THREE.iterator();
    Batch<Integer, Integer> once = Batch.of(items, CompletableFuture::completedFuture);
    assertThat(Awaited.value(once.all(), LIMIT)).isEqualTo(THREE);
    assertThat(Failures.unexpected(once.concurrency(2).all()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("used before");
  }

  @Test
  @SuppressWarnings("NullAway") // Callers without a null checker.
  void callersBugsAreThrownAtOnce() {
    Batch<Integer, String> batch = Batch.of(THREE, calls);
    assertThatThrownBy(() -> batch.concurrency(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("concurrency: 0 (expected: >= 1)");
    assertThatThrownBy(() -> batch.forEach(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> batch.onProgress(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> Batch.of(THREE, null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> Batch.of((Iterator<Integer>) null, calls))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> Batch.of((Iterable<Integer>) null, calls))
        .isInstanceOf(NullPointerException.class);
  }
}
