package dev.fetchwell.internal.async;

import static dev.fetchwell.testkit.Sneaky.sneaky;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.testkit.ManualExecutor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class PullLoopTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  private final TestPull pull = new TestPull();

  @Test
  void nextIsPulledOnceTheHandlersFutureHasEnded() throws Exception {
    LinkedBlockingQueue<CompletableFuture<String>> handling = new LinkedBlockingQueue<>();
    pull.give("a", "b", TestPull.END);
    CompletableFuture<Long> loop =
        loop(
            value -> {
              CompletableFuture<String> future = new CompletableFuture<>();
              handling.add(future);
              return future;
            },
            CallThreads.shared());
    CompletableFuture<String> first = taken(handling);
    assertThat(pull.pulled()).isEqualTo(1);
    first.complete("done");
    taken(handling).complete("done");
    assertThat(loop).succeedsWithin(SOON).isEqualTo(2L);
  }

  @Test
  void handlerMayReturnNullOrWhatIsDone() {
    List<String> handled = new ArrayList<>();
    pull.give("a", "b", TestPull.END);
    CompletableFuture<Long> loop =
        loop(
            value -> {
              handled.add(value);
              return value.equals("a") ? null : CompletableFuture.completedFuture("done");
            },
            Runnable::run);
    assertThat(loop).isCompletedWithValue(2L);
    assertThat(handled).containsExactly("a", "b");
    assertThat(pull.isCancelled()).isFalse();
  }

  static Stream<Function<String, @Nullable CompletableFuture<?>>> failingHandlers() {
    IOException failure = new IOException("disk full");
    return Stream.of(
        value -> CompletableFuture.failedFuture(failure),
        value ->
            CompletableFuture.supplyAsync(
                () -> {
                  throw sneaky(failure);
                }),
        value -> {
          throw sneaky(failure);
        });
  }

  @ParameterizedTest
  @MethodSource("failingHandlers")
  void handlerThatFailsEndsTheLoopAndThePull(
      Function<String, @Nullable CompletableFuture<?>> handler) {
    pull.give("a", "b");
    CompletableFuture<Long> loop = loop(handler, CallThreads.shared());
    assertThat(loop)
        .failsWithin(SOON)
        .withThrowableThat()
        .havingRootCause()
        .withMessage("disk full");
    assertThat(pull.isCancelled()).isTrue();
    assertThat(pull.pulled()).isEqualTo(1);
  }

  @Test
  void pullThatThrowsFailsTheLoop() {
    pull.give(new IOException("broken"));
    assertThat(loop(value -> null, Runnable::run))
        .failsWithin(SOON)
        .withThrowableThat()
        .havingRootCause()
        .withMessage("broken");
  }

  @Test
  void cancellingCancelsThePullAndTheHandlersFuture() throws Exception {
    LinkedBlockingQueue<CompletableFuture<String>> handling = new LinkedBlockingQueue<>();
    pull.give("a");
    CompletableFuture<Long> loop =
        loop(
            value -> {
              CompletableFuture<String> future = new CompletableFuture<>();
              handling.add(future);
              return future;
            },
            CallThreads.shared());
    CompletableFuture<String> first = taken(handling);
    loop.cancel(false);
    assertThat(first)
        .failsWithin(SOON)
        .withThrowableThat()
        .isInstanceOf(CancellationException.class);
    assertThat(pull.isCancelled()).isTrue();
    assertThat(pull.pulled()).isEqualTo(1);
  }

  @Test
  void cancellingFreesTheThreadAlsoIfTheHandlersFutureDoesNotKnowOfCancels() throws Exception {
    CompletableFuture<String> deaf =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean mayInterrupt) {
            return false;
          }
        };
    CountDownLatch handling = new CountDownLatch(1);
    CountDownLatch returned = new CountDownLatch(1);
    pull.give("a");
    CompletableFuture<Long> loop =
        loop(
            value -> {
              handling.countDown();
              return deaf;
            },
            task ->
                CallThreads.shared()
                    .execute(
                        () -> {
                          task.run();
                          returned.countDown();
                        }));
    assertThat(handling.await(20, TimeUnit.SECONDS)).isTrue();
    loop.cancel(false);
    assertThat(returned.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void loopThatIsCancelledBeforeItBeginsPullsNothing() {
    ManualExecutor executor = new ManualExecutor();
    CompletableFuture<Long> loop = loop(value -> null, executor);
    loop.cancel(false);
    executor.runAll();
    assertThat(pull.pulled()).isZero();
    assertThat(pull.isCancelled()).isTrue();
  }

  @Test
  void refusedLoopFailsAndGivesThePullUp() {
    CompletableFuture<Long> loop =
        loop(
            value -> null,
            task -> {
              throw new RejectedExecutionException("no threads");
            });
    assertThat(loop).isCompletedExceptionally();
    assertThat(pull.isCancelled()).isTrue();
  }

  private CompletableFuture<Long> loop(
      Function<String, @Nullable CompletableFuture<?>> handler, Executor executor) {
    return PullLoop.forEach(pull, handler, Function.identity(), executor);
  }

  private static CompletableFuture<String> taken(
      LinkedBlockingQueue<CompletableFuture<String>> handling) throws InterruptedException {
    CompletableFuture<String> future = handling.poll(20, TimeUnit.SECONDS);
    assertThat(future).isNotNull();
    return future;
  }
}
