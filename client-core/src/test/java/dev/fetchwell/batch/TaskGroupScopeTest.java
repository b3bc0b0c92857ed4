package dev.fetchwell.batch;

import static dev.fetchwell.batch.Failures.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.testkit.Awaited;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nothing outlives a group's block. */
@Timeout(30)
@SuppressWarnings("FutureReturnValueIgnored") // The group watches its forks.
class TaskGroupScopeTest {

  private final CompletableFuture<String> one = new CompletableFuture<>();
  private final CompletableFuture<String> two = new CompletableFuture<>();

  @Test
  void nothingOutlivesABodyThatThrows() {
    IllegalStateException bug = new IllegalStateException("odd");
    assertThatThrownBy(
            () -> {
              try (TaskGroup group = TaskGroup.open()) {
                group.fork(() -> one);
                group.fork(() -> two);
                throw bug;
              }
            })
        .isSameAs(bug);
    assertThat(one).isCancelled();
    assertThat(two).isCancelled();
  }

  @Test
  void interruptedJoinCancelsAllAndKeepsTheInterrupt() throws Exception {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    CompletableFuture<Boolean> forked = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try (TaskGroup group = TaskGroup.open()) {
                group.fork(() -> one);
                forked.complete(true);
                group.join();
              } catch (CancellationException e) {
                thrown.complete(e);
                interrupted.complete(Thread.currentThread().isInterrupted());
              }
            });
    thread.start();
    Awaited.value(forked, LIMIT);
    thread.interrupt();
    assertThat(Awaited.value(thrown, LIMIT)).hasMessageContaining("interrupted");
    assertThat(Awaited.value(interrupted, LIMIT)).isTrue();
    thread.join();
    assertThat(one).isCancelled();
  }

  @Test
  void interruptBeforeCloseIsKeptAndNothingOutlivesTheBlock() {
    try (TaskGroup group = TaskGroup.open()) {
      group.fork(() -> one);
      Thread.currentThread().interrupt();
    }
    assertThat(Thread.interrupted()).isTrue();
    assertThat(one).isCancelled();
  }

  @Test
  void forkAndJoinAreRefusedAfterJoinAndAfterClose() {
    TaskGroup closed = TaskGroup.open();
    try (TaskGroup group = closed) {
      group.join();
      assertThatThrownBy(() -> group.fork(() -> one)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(group::join).isInstanceOf(IllegalStateException.class);
    }
    closed.close();
    assertThatThrownBy(() -> closed.fork(() -> one)).isInstanceOf(IllegalStateException.class);
    TaskGroup unjoined = TaskGroup.open();
    unjoined.close();
    assertThatThrownBy(() -> unjoined.fork(() -> one)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(unjoined::join).isInstanceOf(IllegalStateException.class);
    assertThat(one).isNotDone();
  }

  @Test
  void failureOfAnInnerGroupFailsTheOuter() {
    FetchError failure = Failures.connectionError("inner");
    try (TaskGroup outer = TaskGroup.open()) {
      outer.fork(() -> one);
      outer.fork(
          () -> {
            try (TaskGroup inner = TaskGroup.open()) {
              inner.fork(() -> two);
              inner.fork(() -> CompletableFuture.failedFuture(failure));
              inner.join();
            }
            return CompletableFuture.completedFuture("never");
          });
      assertThatThrownBy(outer::join).isSameAs(failure);
    }
    assertThat(one).isCancelled();
    assertThat(two).isCancelled();
  }
}
