package dev.fetchwell.internal.async;

import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallThreadTest {

  private final ExecutorService threads = CallThreads.platform();
  private final Platform platform =
      Platform.repeatable(threads, new SystemTimer(), InstantSource.system(), 1);

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void exchangeRunsOnTheThreadThatPassedItOnOnceThatIsFree() {
    CompletableFuture<Thread> passed = new CompletableFuture<>();
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    CompletableFuture<Boolean> ranBefore = new CompletableFuture<>();
    platform.passOn(
        () -> {
          CallThread.offer("call");
          platform.takeOver("call", () -> ran.complete(Thread.currentThread()));
          CallThread.withdraw();
          ranBefore.complete(ran.isDone());
          passed.complete(Thread.currentThread());
        });
    assertThat(value(ran)).isSameAs(value(passed));
    assertThat(value(ranBefore)).isFalse();
  }

  @Test
  void exchangeRunsAlsoIfWhatPassedItOnThrows() {
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    platform.passOn(
        () -> {
          CallThread.offer("call");
          platform.takeOver("call", () -> ran.complete(Thread.currentThread()));
          throw new AssertionError("told to");
        });
    assertThat(value(ran)).isNotNull();
  }

  @Test
  void callOfSomebodyElseHasAThreadOfItsOwn() {
    assertThat(runsElsewhere(() -> CallThread.offer("call"))).isTrue();
  }

  @Test
  void callThatCameTooLateHasAThreadOfItsOwn() {
    assertThat(
            runsElsewhere(
                () -> {
                  CallThread.offer("other");
                  CallThread.withdraw();
                }))
        .isTrue();
  }

  @Test
  void secondExchangeHasAThreadOfItsOwn() {
    assertThat(
            runsElsewhere(
                () -> {
                  CallThread.offer("other");
                  platform.takeOver("other", () -> {});
                  CallThread.offer("other");
                }))
        .isTrue();
  }

  /** Whether an exchange of "other" runs while the thread that passes on waits for it. */
  private boolean runsElsewhere(Runnable before) {
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    platform.passOn(
        () -> {
          before.run();
          CompletableFuture<Thread> other = new CompletableFuture<>();
          platform.takeOver("other", () -> other.complete(Thread.currentThread()));
          result.complete(value(other) != Thread.currentThread());
        });
    return value(result);
  }

  @Test
  void taskThatDoesMoreThanPassOnKeepsItsThread() {
    CompletableFuture<Thread> task = new CompletableFuture<>();
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    platform.execute(
        () -> {
          CallThread.offer("call");
          platform.takeOver("call", () -> ran.complete(Thread.currentThread()));
          value(ran);
          task.complete(Thread.currentThread());
        });
    assertThat(value(ran)).isNotSameAs(value(task));
  }

  @Test
  void exchangePassesNothingOn() {
    CompletableFuture<Thread> exchange = new CompletableFuture<>();
    CompletableFuture<Thread> other = new CompletableFuture<>();
    Runnable work =
        () -> {
          CallThread.offer("other");
          platform.takeOver("other", () -> other.complete(Thread.currentThread()));
          value(other);
          exchange.complete(Thread.currentThread());
        };
    platform.passOn(
        () -> {
          CallThread.offer("call");
          platform.takeOver("call", work);
        });
    assertThat(value(other)).isNotSameAs(value(exchange));
  }

  @Test
  void takingOverTellsIfThereIsNoThread() {
    threads.shutdown();
    assertThatThrownBy(() -> platform.takeOver("call", () -> {}))
        .isInstanceOf(RejectedExecutionException.class);
  }
}
