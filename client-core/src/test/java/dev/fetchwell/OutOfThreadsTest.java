package dev.fetchwell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.Timer;
import dev.fetchwell.testkit.Ended;
import dev.fetchwell.testkit.VirtualPlatform;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** A machine that has no thread left for the moment, neither for calls nor for the timer. */
class OutOfThreadsTest {

  private static final String URL = "https://api.example.com/users";

  private final FakeServer server = new FakeServer();
  private boolean noTimers;
  private boolean noThreads;

  /** As {@code ScheduledThreadPoolExecutor} does it: the task may well be in the queue by then. */
  private final Timer timer =
      new Timer() {

        @Override
        public long nanoTime() {
          return server.timer.nanoTime();
        }

        @Override
        public Cancellable schedule(Duration delay, Runnable task) {
          if (noTimers) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          return server.timer.schedule(delay, task);
        }
      };

  private final Executor threads =
      task -> {
        if (noThreads) {
          throw new OutOfMemoryError("unable to create native thread");
        }
        server.threads.execute(task);
      };

  private final Platform platform =
      new Platform(
          threads,
          Runnable::run,
          timer,
          VirtualPlatform.of(server.timer).clock(),
          VirtualPlatform.of(server.timer).random());

  private final AsyncHttpClient client = server.client(platform).build();

  @Test
  void callThatGetsNoTimerEndsTypedAndIsNotSent() {
    noTimers = true;

    CompletableFuture<String> call = client.getString(URL);
    server.threads.runAll();

    assertThat(unexpected(call).mayHaveBeenProcessed()).isFalse();
    assertThat(server.requests()).isEmpty();
    assertIdleAndAlive();
  }

  @Test
  void callThatGetsNoThreadEndsTypedAndIsNotSent() {
    noThreads = true;

    CompletableFuture<String> call = client.getString(URL);

    assertThat(unexpected(call).mayHaveBeenProcessed()).isFalse();
    assertIdleAndAlive();
  }

  @Test
  void retryThatGetsNoTimerEndsTheCallTyped() {
    server.then(FakeServer.answers(503, ""));
    CompletableFuture<String> call = client.getString(URL);
    noTimers = true;

    server.threads.runAll();

    assertThat(call).isCompletedExceptionally();
    assertIdleAndAlive();
  }

  @Test
  void retryThatGetsNoThreadForAMomentGoesOnALittleLater() {
    server.then(FakeServer.answers(503, "")).then(FakeServer.answers(200, "ok"));
    CompletableFuture<String> call = client.getString(URL);
    server.threads.runAll();
    noThreads = true;
    server.timer.advance(Duration.ofSeconds(1));
    assertThat(call).isNotDone();

    noThreads = false;
    server.timer.advance(Duration.ofMillis(10));
    server.threads.runAll();

    assertThat(call).isCompletedWithValue("ok");
  }

  @Test
  void waiterThatGetsNoThreadForAMomentGoesOnALittleLater() {
    AsyncHttpClient narrow = server.client(platform).maxConcurrency(1).build();
    CompletableFuture<String> first = narrow.getString(URL);
    CompletableFuture<String> second = narrow.getString(URL);
    CompletableFuture<String> third = narrow.getString(URL);
    noThreads = true;

    first.cancel(true);
    assertThat(second).isNotDone();
    noThreads = false;
    server.timer.advance(Duration.ofMillis(10));
    server.threads.runAll();

    assertThat(second).isCompleted();
    assertThat(third).isCompleted();
    assertThat(narrow.stats().inFlight()).isZero();
  }

  @Test
  void shutdownWithoutATimerEndsTheCallsAtOnce() {
    CompletableFuture<String> call = client.getString(URL);
    noTimers = true;

    CompletableFuture<?> shutdown = client.shutdown(Duration.ofSeconds(5));
    server.threads.runAll();

    assertThat(call).isDone();
    assertThat(shutdown).isCompleted();
  }

  private void assertIdleAndAlive() {
    assertThat(client.stats().inFlight()).isZero();
    assertThat(client.stats().queued()).isZero();
    noTimers = false;
    noThreads = false;
    CompletableFuture<String> next = client.getString(URL);
    server.threads.runAll();
    assertThat(next).isCompleted();
    CompletableFuture<?> shutdown = client.shutdown(Duration.ofSeconds(1));
    server.threads.runAll();
    assertThat(shutdown).isCompleted();
    assertThat(server.timer.pending()).isZero();
  }

  private static UnexpectedError unexpected(CompletableFuture<?> call) {
    return Ended.failure(call, UnexpectedError.class);
  }
}
