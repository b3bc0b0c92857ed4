package dev.fetchwell.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who forgets to join, or joins too late, is told what to do. */
class UnjoinedTaskGroupTest {

  private final CompletableFuture<String> call = new CompletableFuture<>();

  @Test
  void taskOfAGroupThatIsClosedBeforeItIsJoinedSaysSo() {
    CompletableFuture<String> task;
    CompletableFuture<String> done;
    try (TaskGroup group = TaskGroup.open()) {
      task = group.fork(() -> call);
      done = group.fork(() -> CompletableFuture.completedFuture("done"));
    }
    assertThat(task).isCancelled();
    assertThat(call).isCancelled();
    assertThat(done).isCompletedWithValue("done");
    assertThat(ending(task))
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("close() came before join()")
        .hasMessageContaining("expected: join() in the try block");
  }

  @Test
  void joinAfterCloseOrASecondOneSaysWhatIsExpected() {
    TaskGroup closed = TaskGroup.open();
    closed.close();
    assertThatThrownBy(closed::join)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("join() after close()")
        .hasMessageContaining("expected: join() in the try block");
    try (TaskGroup group = TaskGroup.open()) {
      group.join();
      assertThatThrownBy(group::join)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("call it once");
    }
  }

  @Test
  void taskOfAJoinedGroupThatIsCancelledHasNoSuchMessage() {
    CompletableFuture<String> task;
    try (TaskGroup group = TaskGroup.open()) {
      task = group.fork(() -> call);
      task.cancel(false);
      group.join();
    }
    assertThat(ending(task)).isInstanceOf(CancellationException.class).hasMessage(null);
  }

  /** Newer JDKs throw one of their own from {@code join()}, with this as its cause. */
  private static Throwable ending(CompletableFuture<?> task) {
    return task.handle((value, thrown) -> thrown).join();
  }
}
