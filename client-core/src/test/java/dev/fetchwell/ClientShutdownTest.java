package dev.fetchwell;

import static dev.fetchwell.FakeServer.answers;
import static dev.fetchwell.testkit.Ended.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ClientClosedError;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ClientShutdownTest {

  private static final String URL = "https://api.example.com/";

  private final FakeServer server = new FakeServer();
  private final AsyncHttpClient client =
      server.client().retry(FakeServer.everySecond()).maxConcurrency(2).build();

  @Test
  void closedClientRefusesCalls() {
    client.close();
    client.close();

    assertThat(failure(client.getString(URL), ClientClosedError.class))
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
    server.run(Duration.ofSeconds(1));

    assertThat(running).isCompletedWithValue("ok");
    assertThat(down).isCompleted();
    server.assertIdle(client);
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
        .allSatisfy(call -> assertThat(failure(call, ClientClosedError.class)).isNotNull());
    assertThat(down).isCompleted();
    assertThat(server.requests()).isEmpty();
    server.assertIdle(client);
  }

  @Test
  void shutdownOfAnIdleClientIsDoneAtOnce() {
    CompletableFuture<?> down = client.shutdown(Duration.ofHours(1));
    server.threads.runAll();

    assertThat(down).isCompleted();
    assertThat(server.timer.pending()).isZero();
  }
}
