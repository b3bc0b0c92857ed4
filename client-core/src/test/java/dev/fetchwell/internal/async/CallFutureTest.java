package dev.fetchwell.internal.async;

import static dev.fetchwell.testkit.Sneaky.sneaky;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CallFutureTest {

  private final List<String> seen = new ArrayList<>();
  private final VirtualTimer timer = new VirtualTimer();
  private final ManualExecutor threads = new ManualExecutor();
  private final Platform platform = VirtualPlatform.of(threads, timer);
  private final CallFuture<String> future = new CallFuture<>();

  static Stream<Named<Consumer<CallFuture<String>>>> endings() {
    return Stream.of(
        Named.of("complete", f -> f.complete("value")),
        Named.of("completeAsync", CallFutureTest::completeAsync),
        Named.of("completeExceptionally", f -> f.completeExceptionally(new RuntimeException())),
        Named.of("expire", f -> f.expire(RuntimeException::new, Runnable::run)),
        Named.of("cancel", f -> f.cancel(true)));
  }

  static Stream<Throwable> throwables() {
    return Stream.of(
        new IllegalStateException("told to"),
        new AssertionError("told to"),
        new StackOverflowError("told to"),
        new java.io.IOException("told to, and nobody declared it"));
  }

  private static void completeAsync(CallFuture<String> future) {
    var unused = future.completeAsync(() -> "value", Runnable::run);
  }

  @ParameterizedTest
  @MethodSource("endings")
  void givesUpOnceAndBeforeDependentsRun(Consumer<CallFuture<String>> ending) {
    var unused = future.whenComplete((value, thrown) -> seen.add("dependent"));
    future.holds(() -> seen.add("given up, done: " + future.isDone()));

    ending.accept(future);
    ending.accept(future);
    future.cancel(false);

    assertThat(seen).containsExactly("given up, done: false", "dependent");
  }

  @ParameterizedTest
  @MethodSource("endings")
  void whatIsRunAfterTheEndIsGivenUpAndNotStarted(Consumer<CallFuture<String>> ending) {
    ending.accept(future);

    future.run(() -> seen.add("given up"), child -> seen.add("started"));

    assertThat(seen).containsExactly("given up");
    assertThat(future.isEnding()).isTrue();
  }

  @Test
  void childIsRegisteredBeforeItStarts() {
    future.run(
        () -> seen.add("given up"),
        child -> {
          future.cancel(false);
          seen.add("started");
        });

    assertThat(seen).containsExactly("given up", "started");
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void startThatThrowsEndsTheFuture(Throwable thrown) {
    future.run(() -> seen.add("given up"), child -> sneaky(thrown));

    assertThat(seen).containsExactly("given up");
    assertThatThrownBy(future::join).hasCause(thrown);
  }

  @Test
  void laterChildTakesThePlaceOfTheEarlier() {
    future.run(() -> seen.add("first"), child -> {});
    future.run(() -> seen.add("second"), child -> {});
    future.complete("value");

    assertThat(seen).containsExactly("second");
  }

  @Test
  void onlyTheFirstEndCounts() {
    assertThat(future.complete("value")).isTrue();
    assertThat(future.complete("other")).isFalse();
    assertThat(future.completeExceptionally(new RuntimeException())).isFalse();
    assertThat(future.cancel(false)).isFalse();
    assertThat(future).isCompletedWithValue("value");
  }

  @Test
  void cancellingTwiceSaysTwiceThatItIsCancelled() {
    assertThat(future.cancel(false)).isTrue();
    assertThat(future.cancel(false)).isTrue();
    assertThat(future).isCancelled();
  }

  @Test
  void whoEndsItWithinItsOwnGivingUpComesTooLate() {
    future.holds(() -> seen.add("nested: " + future.complete("nested") + future.cancel(false)));

    assertThat(future.complete("value")).isTrue();
    assertThat(seen).containsExactly("nested: falsefalse");
    assertThat(future).isCompletedWithValue("value");
  }

  @Test
  void orTimeoutOfTheCallerGivesUp() {
    future.holds(() -> seen.add("given up"));

    CompletableFuture<String> same = future.orTimeout(1, TimeUnit.NANOSECONDS);

    assertThatThrownBy(same::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(TimeoutException.class);
    assertThat(seen).containsExactly("given up");
  }

  @Test
  void completeOnTimeoutOfTheCallerGivesUp() {
    future.holds(() -> seen.add("given up"));

    assertThat(future.completeOnTimeout("default", 1, TimeUnit.NANOSECONDS).join())
        .isEqualTo("default");
    assertThat(seen).containsExactly("given up");
  }

  @Test
  void followsItsInnerFutureWhetherItsOwnKindOrNot() {
    for (CompletableFuture<String> inner :
        List.of(new CallFuture<String>(), new CompletableFuture<String>())) {
      CallFuture<String> outer = new CallFuture<>();
      outer.follow(inner);

      inner.complete("value");

      assertThat(outer).isCompletedWithValue("value");
    }
  }

  @Test
  void followsWhatHasEndedAlready() {
    CallFuture<String> inner = new CallFuture<>();
    inner.complete("value");

    future.follow(inner);

    assertThat(future).isCompletedWithValue("value");
  }

  @Test
  void twoMayFollowTheSame() {
    CallFuture<String> inner = new CallFuture<>();
    CallFuture<String> second = new CallFuture<>();
    future.follow(inner);
    second.follow(inner);

    inner.complete("value");

    assertThat(future).isCompletedWithValue("value");
    assertThat(second).isCompletedWithValue("value");
  }

  @Test
  void followsAnErrorWithoutItsWrapper() {
    IllegalStateException problem = new IllegalStateException();
    future.follow(CompletableFuture.<String>failedFuture(new CompletionException(problem)));

    assertThatThrownBy(future::join).hasCause(problem);
  }

  @Test
  void cancelReachesTheInnerFuture() {
    for (CompletableFuture<String> inner :
        List.of(new CallFuture<String>(), new CompletableFuture<String>())) {
      CallFuture<String> outer = new CallFuture<>();
      outer.follow(inner);

      outer.cancel(false);

      assertThat(inner).isCancelled();
      assertThat(outer).isCancelled();
    }
  }

  @Test
  void whatFollowsTheEndIsToldOnceAlsoAfterTheOuterHasEnded() {
    CallFuture<String> inner = new CallFuture<>();
    future.cancel(false);

    future.follow(inner, value -> seen.add("value"), thrown -> seen.add("cancelled"));

    assertThat(inner).isCancelled();
    assertThat(seen).containsExactly("cancelled");
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void whatIsThrownWhileFollowingEndsTheFuture(Throwable thrown) {
    CallFuture<String> value = new CallFuture<>();
    value.follow(CompletableFuture.completedFuture("v"), got -> sneaky(thrown), failed -> {});
    CallFuture<String> error = new CallFuture<>();
    error.follow(
        CompletableFuture.<String>failedFuture(new RuntimeException()),
        got -> {},
        failed -> sneaky(thrown));

    assertThatThrownBy(value::join).hasCause(thrown);
    assertThatThrownBy(error::join).hasCause(thrown);
  }

  @Test
  void valueThatComesTooLateIsCancelled() {
    CallFuture<Cancellable> one = new CallFuture<>();
    one.cancel(false);

    assertThat(one.complete(() -> seen.add("late"))).isFalse();

    assertThat(seen).containsExactly("late");
  }

  @Test
  void valueThatIsLostByAThrowIsCancelled() {
    CallFuture<String> one = new CallFuture<>();
    Cancellable value = () -> seen.add("lost");

    one.follow(
        CompletableFuture.completedFuture(value),
        got -> {
          throw new AssertionError("told to");
        },
        failed -> {});

    assertThat(seen).containsExactly("lost");
  }

  @Test
  void delayBeginsWhenItIsRegisteredAndGoesOnOnACallThread() {
    future.after(platform.delay(Duration.ofSeconds(1)), () -> future.complete("later"));

    timer.advance(Duration.ofSeconds(1));
    assertThat(future).isNotDone();
    threads.runAll();
    assertThat(future).isCompletedWithValue("later");
  }

  @Test
  void endedFutureStartsNoDelayAndDropsTheOneThatRuns() {
    CallFuture<String> ended = new CallFuture<>();
    ended.cancel(false);
    ended.after(platform.delay(Duration.ofSeconds(1)), () -> seen.add("later"));
    assertThat(timer.pending()).isZero();

    future.after(platform.delay(Duration.ofSeconds(1)), () -> seen.add("later"));
    future.cancel(false);

    assertThat(timer.pending()).isZero();
    assertThat(seen).isEmpty();
  }

  @Test
  void stepAfterADelayMayThrow() {
    AssertionError thrown = new AssertionError("told to");
    future.after(
        platform.delay(Duration.ZERO),
        () -> {
          throw thrown;
        });

    timer.runDue();
    threads.runAll();

    assertThatThrownBy(future::join).hasCause(thrown);
  }

  @Test
  void limitEndsTheFutureAndIsDroppedWhenItEndsOtherwise() {
    CallFuture<String> inTime = new CallFuture<>();
    platform.limit(inTime, Duration.ofSeconds(1), IllegalStateException::new);
    inTime.complete("value");
    assertThat(timer.pending()).isZero();

    platform.limit(future, Duration.ofSeconds(1), () -> new IllegalStateException("too late"));
    timer.advance(Duration.ofSeconds(1));

    assertThatThrownBy(future::join).hasMessageContaining("too late");
    assertThat(inTime).isCompletedWithValue("value");
  }

  @Test
  void limitOfAnEndedFutureIsNotArmed() {
    future.cancel(false);
    platform.limit(future, Duration.ofSeconds(1), IllegalStateException::new);

    assertThat(timer.pending()).isZero();
  }

  @Test
  void expiredFutureGivesUpAtOnceAndCompletesWhereItIsTold() {
    ManualExecutor continuations = new ManualExecutor();
    future.holds(() -> seen.add("given up"));

    future.expire(() -> new IllegalStateException("time"), continuations);

    assertThat(seen).containsExactly("given up");
    assertThat(future).isNotDone();
    assertThat(future.complete("late")).isFalse();
    continuations.runAll();
    assertThatThrownBy(future::join).hasMessageContaining("time");
  }

  @Test
  void unwrapsNestedWrappers() {
    IllegalStateException cause = new IllegalStateException();
    CompletionException empty = new CompletionException("no cause", null);

    assertThat(CallFuture.unwrap(new CompletionException(new ExecutionException(cause))))
        .isSameAs(cause);
    assertThat(CallFuture.unwrap(cause)).isSameAs(cause);
    assertThat(CallFuture.unwrap(empty)).isSameAs(empty);
  }
}
