package dev.fetchwell;

import static dev.fetchwell.FakeServer.answers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ClientShutdownTest {

  private static final String URL = "https://api.example.com/";

  private final FakeServer server = new FakeServer();
  private final AsyncHttpClient client =
      server.client().retry(everySecond()).maxConcurrency(2).build();

  @Test
  void closedClientRefusesCalls() {
    client.close();
    client.close();

    assertThat(error(client.getString(URL), ClientClosedError.class))
        .hasMessageContaining("the client is closed (build another one)");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void shutdownWaitsForWhatRuns() {
    server.then(answers(503, "")).then(answers(200, "ok"));
    CompletableFuture<String> running = client.getString(URL);
    server.threads.runAll();

    CompletableFuture<?> down = client.shutdown(Duration.ofSeconds(10));
    assertThat(client.getString(URL)).isCompletedExceptionally();
    server.threads.runAll();
    assertThat(down).isNotDone();
    run(Duration.ofSeconds(1));

    assertThat(running).isCompletedWithValue("ok");
    assertThat(down).isCompleted();
    assertIdle();
  }

  @Test
  void shutdownEndsWhatIsLeftAfterTheGrace() {
    CompletableFuture<String> running = client.getString(URL);
    CompletableFuture<String> second = client.getString(URL);
    CompletableFuture<String> queued = client.getString(URL);

    CompletableFuture<?> down = client.shutdown(Duration.ofSeconds(10));
    server.timer.advance(Duration.ofSeconds(10));
    server.threads.runAll();

    assertThat(List.of(running, second, queued))
        .allSatisfy(call -> assertThat(error(call, ClientClosedError.class)).isNotNull());
    assertThat(down).isCompleted();
    assertThat(server.requests()).isEmpty();
    assertIdle();
  }

  @Test
  void shutdownOfAnIdleClientIsDoneAtOnce() {
    CompletableFuture<?> down = client.shutdown(Duration.ofHours(1));
    server.threads.runAll();

    assertThat(down).isCompleted();
    assertThat(server.timer.pending()).isZero();
  }

  private static RetryPolicy everySecond() {
    return RetryPolicy.builder().backoff(Backoff.fixed(Duration.ofSeconds(1))).build();
  }

  private void run(Duration time) {
    server.threads.runAll();
    for (long second = 0; second < time.toSeconds(); second++) {
      server.timer.advance(Duration.ofSeconds(1));
      server.threads.runAll();
    }
    server.timer.runDue();
    server.threads.runAll();
  }

  private void assertIdle() {
    assertThat(server.timer.pending()).isZero();
    assertThat(client.stats().inFlight()).isZero();
    assertThat(client.stats().queued()).isZero();
  }

  private static <E extends FetchError> E error(CompletableFuture<?> call, Class<E> type) {
    assertThat(call).isCompletedExceptionally();
    Throwable thrown = call.handle((value, failure) -> failure).join();
    return type.cast(Objects.requireNonNull(FetchError.of(thrown)));
  }
}
