package dev.fetchwell.internal.async;

import static dev.fetchwell.testkit.Sneaky.sneaky;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.testkit.ManualExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A future ends whatever what it gives up, or whoever gives that up, does. */
class CallFutureLivenessTest {

  private final CallFuture<String> future = new CallFuture<>();

  @ParameterizedTest
  @MethodSource("dev.fetchwell.internal.async.CallFutureTest#endings")
  void whatAnEndingGivesUpMayThrow(Consumer<CallFuture<String>> ending) {
    CallFutureTest.throwables()
        .forEach(
            thrown -> {
              CallFuture<String> one = new CallFuture<>();
              one.holds(() -> sneaky(thrown));
              ending.accept(one);
              assertThat(one).isDone();
            });
  }

  @ParameterizedTest
  @MethodSource("dev.fetchwell.internal.async.CallFutureTest#endings")
  void endsAlsoWhileAThreadThatEndsTheInnerFutureHangs(Consumer<CallFuture<String>> ending)
      throws Exception {
    CallFuture<String> inner = new CallFuture<>();
    CompletableFuture<String> hangs = new CompletableFuture<>();
    CompletableFuture<String> goesOn = new CompletableFuture<>();
    inner.holds(
        () -> {
          hangs.complete("now");
          goesOn.join();
        });
    future.follow(inner);
    Thread other = new Thread(inner::cancel);
    other.start();
    hangs.join();

    ending.accept(future);

    assertThat(future).isDone();
    assertThat(inner).isNotDone();
    goesOn.complete("now");
    other.join();
    assertThat(inner).isCancelled();
  }

  @Test
  void expiredFutureCompletesAlsoWithoutAThread() {
    ManualExecutor continuations = new ManualExecutor();
    continuations.reject(true);

    future.expire(
        () -> {
          throw new AssertionError("no error to be had");
        },
        continuations);

    assertThatThrownBy(future::join).hasMessageContaining("no error to be had");
  }
}
