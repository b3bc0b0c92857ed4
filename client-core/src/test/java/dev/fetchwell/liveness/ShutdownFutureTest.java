package dev.fetchwell.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.Exchange;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever stops waiting for a shutdown does not stop the shutdown. */
class ShutdownFutureTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private final ScriptedServer server =
      ScriptedServer.start(exchange -> answer(exchange, mayAnswer));
  private final AsyncHttpClient client = AsyncHttpClient.create();

  @AfterEach
  void close() {
    mayAnswer.countDown();
    client.close();
    server.close();
  }

  /** What may become of the future while the client still waits for a call. */
  enum GivenUp {
    CANCELLED,
    TIMED_OUT,
    COMPLETED_BY_THE_CALLER;

    void by(CompletableFuture<Void> future) {
      switch (this) {
        case CANCELLED -> future.cancel(true);
        case TIMED_OUT -> future.orTimeout(20, TimeUnit.MILLISECONDS);
        case COMPLETED_BY_THE_CALLER -> future.complete(null);
        default -> throw new AssertionError(this);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void callInFlightStillDrains(GivenUp how) {
    CompletableFuture<String> call = startedCall();
    giveUp(client.shutdown(LONG), how);
    assertThat(call).isNotDone();
    mayAnswer.countDown();
    assertThat(Awaited.value(call, Liveness.LIMIT)).isEqualTo("ok");
    Quiet.assertNothingHeld(client, Liveness.LIMIT);
  }

  @ParameterizedTest
  @EnumSource
  void callInFlightIsStillCancelledAfterTheGrace(GivenUp how) {
    CompletableFuture<String> call = startedCall();
    giveUp(client.shutdown(Duration.ofMillis(100)), how);
    assertThat(Awaited.ending(call, Liveness.LIMIT)).isInstanceOf(CancellationException.class);
    Quiet.assertNothingHeld(client, Liveness.LIMIT);
  }

  @Test
  void secondShutdownStillTellsWhenAllIsDrained() {
    CompletableFuture<String> call = startedCall();
    giveUp(client.shutdown(LONG), GivenUp.CANCELLED);
    CompletableFuture<Void> again = client.shutdown(LONG);
    mayAnswer.countDown();
    assertThat(Awaited.value(call, Liveness.LIMIT)).isEqualTo("ok");
    assertThat(Awaited.ending(again, Liveness.LIMIT)).isNull();
    Quiet.assertNothingHeld(client, Liveness.LIMIT);
  }

  /** Only in a process of its own can a client be the last one that holds the transport. */
  @ParameterizedTest
  @EnumSource
  void lastClientStillClosesTheIdleConnections(GivenUp how) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = System.getProperty("java.class.path");
    Process process =
        new ProcessBuilder(java, "-Xmx256m", "-cp", classes, LastClient.class.getName(), how.name())
            .inheritIO()
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Whose exit code says whether its server saw the connection closed. */
  static final class LastClient {

    private LastClient() {}

    public static void main(String[] args) {
      CountDownLatch mayAnswer = new CountDownLatch(1);
      Script script = exchange -> answer(exchange, mayAnswer);
      try (ScriptedServer server = ScriptedServer.start(script)) {
        AsyncHttpClient client = AsyncHttpClient.create();
        CompletableFuture<String> call = client.getString(server.url("/"));
        server.awaitRequests(1);
        giveUp(client.shutdown(LONG), GivenUp.valueOf(args[0]));
        mayAnswer.countDown();
        Awaited.value(call, Liveness.LIMIT);
        server.awaitNoOpenConnections(Liveness.LIMIT);
      }
    }
  }

  private CompletableFuture<String> startedCall() {
    CompletableFuture<String> call = client.getString(server.url("/"));
    server.awaitRequests(1);
    return call;
  }

  private static void giveUp(CompletableFuture<Void> shutdown, GivenUp how) {
    how.by(shutdown);
    Throwable thrown = Awaited.ending(shutdown, Liveness.LIMIT);
    if (thrown != null) {
      assertThat(thrown).isInstanceOfAny(CancellationException.class, TimeoutException.class);
    }
  }

  private static void answer(Exchange exchange, CountDownLatch mayAnswer) throws Exception {
    if (!mayAnswer.await(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException("not told to answer");
    }
    exchange.respond(200, "ok");
  }
}
