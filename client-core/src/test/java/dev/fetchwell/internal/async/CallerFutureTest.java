package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A call ends with its last dependent. */
@Timeout(60)
class CallerFutureTest {

  private final AtomicInteger givenUp = new AtomicInteger();
  private final CallerFuture<String> call = call(givenUp);

  private static CallerFuture<String> call(AtomicInteger givenUp) {
    CallerFuture<String> made = new CallerFuture<>();
    assertThat(made.holds(givenUp::incrementAndGet)).isTrue();
    return made;
  }

  /** Every way to make one future of another; each cancels what it is made of. */
  static Stream<UnaryOperator<CompletableFuture<String>>> ways() {
    CompletableFuture<String> other = CompletableFuture.completedFuture("o");
    List<UnaryOperator<CompletableFuture<String>>> ways =
        List.of(
            source -> source.thenApply(String::trim),
            source -> source.thenApplyAsync(String::trim, Runnable::run),
            source -> source.thenCompose(CompletableFuture::completedFuture),
            source -> source.thenComposeAsync(CompletableFuture::completedFuture),
            source -> source.thenCombine(other, String::concat),
            source -> source.thenCombine(new CompletableFuture<String>(), String::concat),
            source -> source.whenComplete((value, thrown) -> {}),
            source -> source.handle((value, thrown) -> value),
            source -> source.exceptionally(Throwable::toString),
            source -> source.exceptionallyCompose(CompletableFuture::failedFuture),
            CompletableFuture::copy,
            source -> source.orTimeout(1, TimeUnit.HOURS).copy(),
            source -> source.completeOnTimeout("v", 1, TimeUnit.HOURS).copy());
    Stream<UnaryOperator<CompletableFuture<String>>> deep =
        ways.stream()
            .flatMap(
                first ->
                    ways.stream()
                        .map(second -> source -> second.apply(first.apply(source)).copy()));
    return Stream.concat(ways.stream(), deep);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void cancellingTheOnlyDependentGivesUpTheCall(UnaryOperator<CompletableFuture<String>> way) {
    CompletableFuture<String> dependent = way.apply(call);
    assertThat(dependent.cancel(false)).isTrue();
    assertThat(dependent).isCancelled();
    assertThat(call).isCancelled();
    assertThat(givenUp).hasValue(1);
    assertThat(dependent.cancel(false)).isTrue();
    assertThat(givenUp).hasValue(1);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void callGoesOnForAnotherDependent(UnaryOperator<CompletableFuture<String>> way) {
    CompletableFuture<String> first = way.apply(call);
    CompletableFuture<String> second = way.apply(call);
    first.cancel(false);
    assertThat(call).isNotDone();
    second.cancel(false);
    assertThat(call).isCancelled();
    assertThat(givenUp).hasValue(1);
  }

  @Test
  void timeoutOfADependentGivesUpTheCall() throws Exception {
    CompletableFuture<String> dependent =
        call.thenApply(String::trim).orTimeout(1, TimeUnit.MILLISECONDS);
    CompletableFuture<Throwable> thrown = dependent.handle((value, failure) -> failure);
    assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
    assertThat(givenUp).hasValue(1);
  }

  @Test
  void valueFromOutsideGivesUpTheCall() {
    CompletableFuture<String> dependent = call.thenApply(String::trim);
    assertThat(dependent.complete("instead")).isTrue();
    assertThat(dependent.join()).isEqualTo("instead");
    assertThat(call).isCancelled();
  }

  @Test
  void bothSourcesOfACombinationAreGivenUp() {
    AtomicInteger others = new AtomicInteger();
    CallerFuture<String> other = call(others);
    call.thenCombine(other, String::concat).cancel(false);
    assertThat(call).isCancelled();
    assertThat(other).isCancelled();
    assertThat(givenUp.get() + others.get()).isEqualTo(2);
  }

  @Test
  void secondCallOfACompositionIsGivenUp() {
    CallerFuture<String> second = call(new AtomicInteger());
    CompletableFuture<String> composed = call.thenCompose(value -> second);
    call.complete("v");
    assertThat(second).isNotDone();
    composed.copy().cancel(false);
    assertThat(second).isCancelled();
    assertThat(composed).isCancelled();
  }

  @Test
  void secondCallOfACompositionOnAnEndedOneIsGivenUp() {
    CallerFuture<String> second = call(new AtomicInteger());
    call.complete("v");
    CompletableFuture<String> composed = call.thenCompose(value -> second);
    composed.cancel(false);
    assertThat(second).isCancelled();
  }

  @Test
  void callGoesOnForAThreadThatWaits() throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    Thread waiting = new Thread(() -> seen.complete(call.join()));
    waiting.start();
    while (call.getNumberOfDependents() == 0) {
      Thread.onSpinWait();
    }
    call.thenApply(String::trim).cancel(false);
    assertThat(call).isNotDone();
    call.complete("v");
    assertThat(seen.get(20, TimeUnit.SECONDS)).isEqualTo("v");
  }

  @Test
  void callGoesOnForAllOfAndForWhatFollowsIt() {
    CompletableFuture<Void> all = CompletableFuture.allOf(call);
    call.thenApply(String::trim).cancel(false);
    assertThat(call).isNotDone();
    assertThat(all).isNotDone();
    CallerFuture<String> followed = call(givenUp);
    CallFuture<String> follower = new CallFuture<>();
    follower.follow(followed);
    followed.thenApply(String::trim).cancel(false);
    assertThat(followed).isNotDone();
  }

  @Test
  void callIsGivenUpBeforeDependentsOfTheCancelledRun() {
    CompletableFuture<String> dependent = call.thenApply(String::trim);
    AtomicInteger seen = new AtomicInteger(-1);
    var unused = dependent.whenComplete((value, thrown) -> seen.set(givenUp.get()));
    // The watcher is a dependent of the dependent's, which ends with it.
    dependent.cancel(false);
    assertThat(seen).hasValue(1);
    assertThat(call).isCancelled();
  }

  @Test
  void normalEndGivesUpBeforeDependentsAndChangesNothing() {
    AtomicInteger seen = new AtomicInteger(-1);
    CompletableFuture<String> dependent =
        call.thenApply(
            value -> {
              seen.set(givenUp.get());
              return value + "!";
            });
    assertThat(call.complete("v")).isTrue();
    assertThat(seen).hasValue(1);
    assertThat(dependent.cancel(false)).isFalse();
    assertThat(dependent.join()).isEqualTo("v!");
    assertThat(call.join()).isEqualTo("v");
  }

  @Test
  void twoCancelsAtOnceGiveUpOnce() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      AtomicInteger times = new AtomicInteger();
      CallerFuture<String> shared = call(times);
      CompletableFuture<String> first = shared.thenApply(String::trim);
      CompletableFuture<String> second = shared.copy().copy();
      CountDownLatch ready = new CountDownLatch(2);
      Thread other = new Thread(() -> cancelAfter(ready, second));
      other.start();
      cancelAfter(ready, first);
      other.join();
      assertThat(times).hasValue(1);
      assertThat(shared).isCancelled();
      assertThat(first).isCancelled();
      assertThat(second).isCancelled();
    }
  }

  private static void cancelAfter(CountDownLatch ready, CompletableFuture<?> future) {
    ready.countDown();
    while (ready.getCount() > 0) {
      Thread.onSpinWait();
    }
    future.cancel(false);
  }

  @Test
  void futuresInsideThePipelineHaveTheJdksDependents() {
    CallFuture<String> inside = new CallFuture<>();
    CompletableFuture<String> dependent = inside.thenApply(String::trim);
    dependent.cancel(false);
    assertThat(inside).isNotDone();
  }
}
