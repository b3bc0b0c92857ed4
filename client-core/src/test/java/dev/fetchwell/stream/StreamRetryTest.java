package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.observe.AttemptEnded;
import dev.fetchwell.observe.AttemptStarted;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.RetryScheduled;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
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

  private final List<String> events = new CopyOnWriteArrayList<>();
  private final AsyncHttpClient client =
      AsyncHttpClient.builder().retry(QUICK).listener(new Recorder()).build();

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void resetBeforeTheFirstByteIsRetried() throws Exception {
    Script script = Script.inOrder(Wire.broken(""), Wire.chunked("", "hello"));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      StreamedResponse response = client.get(server.url("/")).asStream().join();
      assertThat(response.attempts()).isEqualTo(1);
      InputStream body = response.inputStream();

      assertThat(body.readAllBytes()).asString().isEqualTo("hello");
      assertThat(response.attempts()).isEqualTo(2);
      assertThat(server.requests()).hasSize(2);
      assertThat(client.stats().inFlight()).isZero();
      assertThat(events)
          .containsExactly(
              "start 1", "end 1 200", "called", "retry 2", "start 2", "end 2 200", "called");
    }
  }

  @Test
  void publishedBodyIsRetriedAlike() throws Exception {
    Script script = Script.inOrder(Wire.broken(""), Wire.broken(""), Wire.chunked("", "hello"));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      Probe<ByteBuffer> probe =
          Probe.on(client.get(server.url("/")).asStream().join().body(), Long.MAX_VALUE);

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
      server.awaitNoOpenConnections(Probe.LIMIT);
    }
  }

  @Test
  void attemptsAreLimitedAndTheEarlierErrorsAreSuppressed() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Wire.broken(""))) {
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
    Script script = Script.inOrder(Faults.reset(), Scripts.respond(503, ""), Wire.broken(""));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      StreamedResponse response = client.get(server.url("/")).asStream().join();
      assertThat(response.attempts()).isEqualTo(3);
      assertThatThrownBy(() -> response.inputStream().read()).isInstanceOf(ConnectionError.class);
      assertThat(server.requests()).hasSize(3);
    }
  }

  @Test
  void oneAttemptIsOneAttempt() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Wire.broken(""))) {
      InputStream body = client.get(server.url("/")).noRetry().asStream().join().inputStream();
      assertThatThrownBy(body::read).isInstanceOf(ConnectionError.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void postIsRetriedOnlyWithAKey(boolean withKey) throws Exception {
    Script script = Script.inOrder(Wire.broken(""), Wire.chunked("", "hello"));
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
        Script.inOrder(Wire.broken("ETag: \"1\"\r\n"), Wire.chunked(second, "another version"));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      InputStream body = client.get(server.url("/")).asStream().join().inputStream();

      assertThatThrownBy(body::read).isInstanceOf(ConnectionError.class);
      assertThat(server.requests()).hasSize(2);
      server.awaitNoOpenConnections(Probe.LIMIT);
      assertThat(client.stats().inFlight()).isZero();
    }
  }

  @Test
  void sameTagIsTheSameBody() throws Exception {
    Script script =
        Script.inOrder(Wire.broken("ETag: \"1\"\r\n"), Wire.chunked("ETag: \"1\"\r\n", "hello"));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      InputStream body = client.get(server.url("/")).asStream().join().inputStream();
      assertThat(body.readAllBytes()).asString().isEqualTo("hello");
    }
  }

  @Test
  void closeEndsTheWaitForAnotherAttempt() throws Exception {
    RetryPolicy slow = RetryPolicy.builder().backoff(Backoff.fixed(Duration.ofMinutes(10))).build();
    try (ScriptedServer server = ScriptedServer.start(Wire.broken(""))) {
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
      Probe.await(() -> events.contains("retry 2"));
      assertThat(client.stats().inFlight()).isZero();
      response.close();

      assertThat(Probe.errorOf(read)).isInstanceOf(CancellationException.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void clientsCloseEndsTheAttemptThatOpensABodyAgain() throws Exception {
    Script script = Script.inOrder(Wire.broken(""), Scripts.stall());
    try (ScriptedServer server = ScriptedServer.start(script)) {
      Probe<ByteBuffer> probe =
          Probe.on(client.get(server.url("/")).asStream().join().body(), Long.MAX_VALUE);
      server.awaitRequests(2);
      client.close();

      assertThat(probe.awaitError()).isInstanceOf(CancellationException.class);
      server.awaitNoOpenConnections(Probe.LIMIT);
      Probe.await(() -> client.stats().inFlight() == 0);
    }
  }

  private final class Recorder implements CallListener {

    @Override
    public void attemptStarted(AttemptStarted event) {
      events.add("start " + event.attempt());
    }

    @Override
    public void attemptEnded(AttemptEnded event) {
      events.add("end " + event.attempt() + " " + event.status());
    }

    @Override
    public void retryScheduled(RetryScheduled event) {
      events.add("retry " + event.nextAttempt());
    }

    @Override
    public void callEnded(CallEnded event) {
      events.add("called");
    }
  }
}
