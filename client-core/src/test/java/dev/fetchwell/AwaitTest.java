package dev.fetchwell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AwaitTest {

  private final FetchError closed =
      new ClientClosedError(new CallFacts("GET", "https://h/", 0, Duration.ZERO, false));

  @Test
  void valueIsReturnedAndMayBeNull() {
    assertThat(Await.result(CompletableFuture.completedFuture("v"))).isEqualTo("v");
    assertThat(Await.<Object>result(CompletableFuture.completedFuture(null))).isNull();
  }

  @Test
  void fetchErrorIsThrownItselfWithTheStackOfWhoWaited() {
    FetchError error = error();
    StackTraceElement[] made = error.getStackTrace();
    CompletableFuture<String> failed = CompletableFuture.failedFuture(error);

    assertThat(catchThrowable(() -> Await.result(failed.thenApply(String::trim)))).isSameAs(error);

    assertThat(error.getStackTrace()).isEqualTo(made);
    assertThat(error.getSuppressed()).hasSize(1);
    assertThat(error.getSuppressed()[0])
        .hasMessage("the call was waited for here, by thread " + Thread.currentThread().getName());
    assertThat(Arrays.toString(error.getSuppressed()[0].getStackTrace()))
        .contains("fetchErrorIsThrownItselfWithTheStackOfWhoWaited");
  }

  @Test
  void errorThatIsKeptDoesNotGrow() {
    FetchError error = error();
    error.addSuppressed(closed);
    CompletableFuture<String> failed = CompletableFuture.failedFuture(error);
    for (int i = 0; i < 100; i++) {
      assertThat(catchThrowable(() -> Await.result(failed))).isSameAs(error);
    }
    assertThat(error.getSuppressed()).hasSize(5).contains(closed);
  }

  @Test
  void foreignThrowableComesAsUnexpectedError() {
    Error thrown = new AssertionError("foreign");
    CompletableFuture<String> failed = CompletableFuture.failedFuture(thrown);
    assertThatThrownBy(() -> Await.result(failed))
        .isInstanceOf(UnexpectedError.class)
        .hasCause(thrown);
  }

  @Test
  void cancelledCallAndItsDependentThrowCancellation() {
    CompletableFuture<String> cancelled = new CompletableFuture<>();
    CompletableFuture<String> dependent = cancelled.thenApply(String::trim);
    cancelled.cancel(false);
    assertThatThrownBy(() -> Await.result(cancelled)).isInstanceOf(CancellationException.class);
    assertThatThrownBy(() -> Await.result(dependent)).isInstanceOf(CancellationException.class);
  }

  @Test
  void interruptCancelsTheCallAndStays() throws Exception {
    FakeServer server = new FakeServer();
    try (AsyncHttpClient client = server.client().build()) {
      CompletableFuture<String> call = client.getString("https://h/");
      CompletableFuture<String> seen = new CompletableFuture<>();
      CountDownLatch started = new CountDownLatch(1);
      Thread waiting =
          new Thread(
              () -> {
                started.countDown();
                Throwable thrown = catchThrowable(() -> Await.result(call));
                seen.complete(thrown + " " + Thread.currentThread().isInterrupted());
              });
      waiting.start();
      started.await();
      waiting.interrupt();
      assertThat(seen.get(20, TimeUnit.SECONDS))
          .isEqualTo(
              "java.util.concurrent.CancellationException: interrupted while waiting; the call"
                  + " was cancelled true");
      assertThat(call).isCancelled();
      assertThat(client.stats().inFlight()).isZero();
    }
  }

  @Test
  void valueOfACallThatHadEndedIsNotLostByAnInterrupt() {
    Thread.currentThread().interrupt();
    try {
      assertThat(Await.result(CompletableFuture.completedFuture("v"))).isEqualTo("v");
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private static FetchError error() {
    return new ClientClosedError(new CallFacts("GET", "https://h/", 0, Duration.ZERO, false));
  }
}
