package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.RecordedSignals;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A streamed body is requested again until its first byte was handed over, and never after. */
@Timeout(60)
class StreamRetryTest {

  private static final RetryPolicy QUICK =
      RetryPolicy.builder().backoff(Backoff.fixed(Duration.ofMillis(1))).build();

  private final EventRecorder recorder = new EventRecorder();
  private final AsyncHttpClient client =
      AsyncHttpClient.builder().retry(QUICK).listener(recorder).build();

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void resetBeforeTheFirstByteIsRetried() throws Exception {
    Script script =
        Script.inOrder(PiecewiseAnswers.broken(""), PiecewiseAnswers.chunked("", "hello"));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      StreamedResponse response = client.get(server.url("/")).asStream().join();
      assertThat(response.attempts()).isEqualTo(1);
      InputStream body = response.inputStream();

      assertThat(body.readAllBytes()).asString().isEqualTo("hello");
      assertThat(response.attempts()).isEqualTo(2);
      assertThat(server.requests()).hasSize(2);
      assertThat(client.stats().inFlight()).isZero();
      assertThat(recorder.events())
          .containsExactly(
              "callStarted",
              "attemptStarted 1",
              "attemptEnded 1 200",
              "callEnded 200",
              "callStarted",
              "retryScheduled 2 ConnectionError",
              "attemptStarted 2",
              "attemptEnded 2 200",
              "callEnded 200");
    }
  }

  @Test
  void publishedBodyIsRetriedAlike() throws Exception {
    Script script =
        Script.inOrder(
            PiecewiseAnswers.broken(""),
            PiecewiseAnswers.broken(""),
            PiecewiseAnswers.chunked("", "hello"));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      RecordedSignals<ByteBuffer> probe =
          RecordedSignals.on(client.get(server.url("/")).asStream().join().body(), Long.MAX_VALUE);

      assertThat(probe.awaitAll()).hasSize(1);
      assertThat(server.requests()).hasSize(3);
    }
  }

  @Test
  void resetAfterAByteIsNotRetried() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Faults.resetInBody())) {
      InputStream body = client.get(server.url("/")).asStream().join().inputStream();

      assertThat(body.readNBytes(10)).asString().isEqualTo("0123456789");
      assertThatThrownBy(body::read)
          .isInstanceOfSatisfying(
              ConnectionError.class, error -> assertThat(error.attempts()).isEqualTo(1));
      assertThat(server.requests()).hasSize(1);
      assertThat(client.stats().inFlight()).isZero();
      server.awaitNoOpenConnections(Awaited.LIMIT);
    }
  }

  @Test
  void attemptsAreLimitedAndTheEarlierErrorsAreSuppressed() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.broken(""))) {
      InputStream body = client.get(server.url("/")).asStream().join().inputStream();

      assertThatThrownBy(body::read)
          .isInstanceOfSatisfying(
              ConnectionError.class,
              error -> {
                assertThat(error.attempts()).isEqualTo(3);
                assertThat(error.getSuppressed()).hasSize(2);
              });
      assertThat(server.requests()).hasSize(3);
      assertThat(client.stats().inFlight()).isZero();
    }
  }

  @Test
  void attemptsBeforeTheHeadersCount() throws Exception {
    Script script =
        Script.inOrder(Faults.reset(), Scripts.respond(503, ""), PiecewiseAnswers.broken(""));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      StreamedResponse response = client.get(server.url("/")).asStream().join();
      assertThat(response.attempts()).isEqualTo(3);
      assertThatThrownBy(() -> response.inputStream().read()).isInstanceOf(ConnectionError.class);
      assertThat(server.requests()).hasSize(3);
    }
  }

  @Test
  void oneAttemptIsOneAttempt() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.broken(""))) {
      InputStream body = client.get(server.url("/")).noRetry().asStream().join().inputStream();
      assertThatThrownBy(body::read).isInstanceOf(ConnectionError.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void postIsRetriedOnlyWithAKey(boolean withKey) throws Exception {
    Script script =
        Script.inOrder(PiecewiseAnswers.broken(""), PiecewiseAnswers.chunked("", "hello"));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      RequestSpec post = client.post(server.url("/")).json("order");
      InputStream body = (withKey ? post.idempotencyKey() : post).asStream().join().inputStream();
      if (withKey) {
        assertThat(body.readAllBytes()).asString().isEqualTo("hello");
      } else {
        assertThatThrownBy(body::read).isInstanceOf(ConnectionError.class);
      }
      assertThat(server.requests()).hasSize(withKey ? 2 : 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ETag: \"2\"\r\n", "Content-Type: a/b\r\nETag: \"1\"\r\n", ""})
  void otherHeadersMeanAnotherBodySoTheFirstErrorIsTold(String second) throws Exception {
    Script script =
        Script.inOrder(
            PiecewiseAnswers.broken("ETag: \"1\"\r\n"),
            PiecewiseAnswers.chunked(second, "another version"));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      InputStream body = client.get(server.url("/")).asStream().join().inputStream();

      assertThatThrownBy(body::read).isInstanceOf(ConnectionError.class);
      assertThat(server.requests()).hasSize(2);
      server.awaitNoOpenConnections(Awaited.LIMIT);
      assertThat(client.stats().inFlight()).isZero();
    }
  }

  @Test
  void sameTagIsTheSameBody() throws Exception {
    Script script =
        Script.inOrder(
            PiecewiseAnswers.broken("ETag: \"1\"\r\n"),
            PiecewiseAnswers.chunked("ETag: \"1\"\r\n", "hello"));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      InputStream body = client.get(server.url("/")).asStream().join().inputStream();
      assertThat(body.readAllBytes()).asString().isEqualTo("hello");
    }
  }

  @Test
  void closeEndsTheWaitForAnotherAttempt() throws Exception {
    RetryPolicy slow = RetryPolicy.builder().backoff(Backoff.fixed(Duration.ofMinutes(10))).build();
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.broken(""))) {
      StreamedResponse response =
          client.get(server.url("/")).retry(slow).timeout(Duration.ofHours(1)).asStream().join();
      CompletableFuture<Integer> read =
          CompletableFuture.supplyAsync(
              () -> {
                try (InputStream body = response.inputStream()) {
                  return body.read();
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      recorder.awaitEvent("retryScheduled 2", Awaited.LIMIT);
      assertThat(client.stats().inFlight()).isZero();
      response.close();

      assertThat(Awaited.error(read)).hasCauseInstanceOf(CancellationException.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void clientsCloseEndsTheAttemptThatOpensABodyAgain() throws Exception {
    Script script = Script.inOrder(PiecewiseAnswers.broken(""), Scripts.stall());
    try (ScriptedServer server = ScriptedServer.start(script)) {
      RecordedSignals<ByteBuffer> probe =
          RecordedSignals.on(client.get(server.url("/")).asStream().join().body(), Long.MAX_VALUE);
      server.awaitRequests(2);
      client.close();

      assertThat(probe.awaitError()).isInstanceOf(CancellationException.class);
      server.awaitNoOpenConnections(Awaited.LIMIT);
      Eventually.holds(() -> client.stats().inFlight() == 0, "no call in flight");
    }
  }
}
