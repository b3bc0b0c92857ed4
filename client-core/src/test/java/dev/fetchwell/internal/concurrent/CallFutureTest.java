package dev.fetchwell.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
  private final CallFuture<String> future = new CallFuture<>();

  static Stream<Named<Consumer<CallFuture<String>>>> endings() {
    return Stream.of(
        Named.of("complete", f -> f.complete("value")),
        Named.of("completeAsync", CallFutureTest::completeAsync),
        Named.of("completeExceptionally", f -> f.completeExceptionally(new RuntimeException())),
        Named.of("cancel", f -> f.cancel(true)));
  }

  private static void completeAsync(CallFuture<String> future) {
    var unused = future.completeAsync(() -> "value", Runnable::run);
  }

  @ParameterizedTest
  @MethodSource("endings")
  void givesUpOnceAndBeforeDependentsRun(Consumer<CallFuture<String>> ending) {
    Futures.whenEnded(future, (value, thrown) -> seen.add("dependent"));
    future.givesUp(() -> seen.add("given up, done: " + future.isDone()));

    ending.accept(future);
    ending.accept(future);
    future.cancel(false);

    assertThat(seen).containsExactly("given up, done: false", "dependent");
  }

  @ParameterizedTest
  @MethodSource("endings")
  void whatIsSetAfterTheEndIsGivenUpAtOnce(Consumer<CallFuture<String>> ending) {
    ending.accept(future);

    future.givesUp(() -> seen.add("late"));

    assertThat(seen).containsExactly("late");
    assertThat(future.isEnding()).isTrue();
  }

  @Test
  void laterActionReplacesTheEarlier() {
    future.givesUp(() -> seen.add("first"));
    future.givesUp(() -> seen.add("second"));
    future.complete("value");

    assertThat(seen).containsExactly("second");
  }

  @Test
  void nothingIsGivenUpAfterItWasTakenBack() {
    future.givesUp(() -> seen.add("given up"));
    future.givesUpNothing();
    future.complete("value");

    assertThat(seen).isEmpty();
    assertThat(future).isCompletedWithValue("value");
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
    future.givesUp(() -> seen.add("nested: " + future.complete("nested") + future.cancel(false)));

    assertThat(future.complete("value")).isTrue();
    assertThat(seen).containsExactly("nested: falsefalse");
    assertThat(future).isCompletedWithValue("value");
  }

  @Test
  void orTimeoutOfTheCallerGivesUp() {
    future.givesUp(() -> seen.add("given up"));

    CompletableFuture<String> same = future.orTimeout(1, TimeUnit.NANOSECONDS);

    assertThatThrownBy(same::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(TimeoutException.class);
    assertThat(seen).containsExactly("given up");
  }

  @Test
  void completeOnTimeoutOfTheCallerGivesUp() {
    future.givesUp(() -> seen.add("given up"));

    assertThat(future.completeOnTimeout("default", 1, TimeUnit.NANOSECONDS).join())
        .isEqualTo("default");
    assertThat(seen).containsExactly("given up");
  }

  @Test
  void followsItsInnerFuture() {
    CompletableFuture<String> inner = new CompletableFuture<>();
    future.follow(inner, seen::add);

    inner.complete("value");

    assertThat(future).isCompletedWithValue("value");
    assertThat(seen).isEmpty();
  }

  @Test
  void followsAnErrorWithoutItsWrapper() {
    IllegalStateException problem = new IllegalStateException();
    future.follow(
        CompletableFuture.<String>failedFuture(new CompletionException(problem)), v -> {});

    assertThatThrownBy(future::join).hasCause(problem);
  }

  @Test
  void cancelReachesTheInnerFuture() {
    CompletableFuture<String> inner = new CompletableFuture<>();
    future.follow(inner, seen::add);

    future.cancel(false);

    assertThat(inner).isCancelled();
    assertThat(future).isCancelled();
  }

  @Test
  void valueThatComesTooLateIsDiscarded() {
    CompletableFuture<String> deaf =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean mayInterrupt) {
            return false;
          }
        };
    future.follow(deaf, seen::add);
    future.cancel(false);

    deaf.complete("late");

    assertThat(seen).containsExactly("late");
    assertThat(future).isCancelled();
  }
}
