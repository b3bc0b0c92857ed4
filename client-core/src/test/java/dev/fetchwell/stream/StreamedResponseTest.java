package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.RecordedSignals;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StreamedResponseTest {

  private AsyncHttpClient client = AsyncHttpClient.create();

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void futureCompletesAtTheHeadersAndThePermitIsHeldUntilTheBodyEnds() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    Script script =
        exchange -> {
          PiecewiseAnswers.begin(exchange, "X-Kind: long\r\n");
          OutputStream body = exchange.chunks();
          body.write("one".getBytes(StandardCharsets.UTF_8));
          PiecewiseAnswers.await(mayEnd);
          body.write("two".getBytes(StandardCharsets.UTF_8));
          body.close();
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      StreamedResponse response = client.get(server.url("/a")).asStream().join();

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.header("x-kind")).contains("long");
      assertThat(response.url()).hasToString(server.url("/a"));
      assertThat(client.stats().inFlight()).isEqualTo(1);
      InputStream body = response.inputStream();
      assertThat(body.readNBytes(3)).asString().isEqualTo("one");
      assertThat(client.stats().inFlight()).isEqualTo(1);
      mayEnd.countDown();
      assertThat(body.readAllBytes()).asString().isEqualTo("two");
      assertThat(client.stats().inFlight()).isZero();
      assertThat(body.read()).isEqualTo(-1);
      client.get(server.url("/b")).asStream().join().close();
      assertThat(server.acceptedConnections()).isEqualTo(1);
    }
  }

  @Test
  void nextCallWaitsForThePermitOfAnOpenStream() throws Exception {
    client.close();
    client = AsyncHttpClient.builder().maxConcurrencyPerHost(1).maxConcurrency(1).build();
    try (ScriptedServer server =
        ScriptedServer.start(
            Script.inOrder(PiecewiseAnswers.open("", "x"), Scripts.respond(200, "ok")))) {
      StreamedResponse open = client.get(server.url("/")).asStream().join();
      CompletableFuture<String> next = client.getString(server.url("/"));

      assertThat(client.stats().queued()).isEqualTo(1);
      open.close();
      assertThat(next).succeedsWithin(Awaited.LIMIT).isEqualTo("ok");
    }
  }

  @Test
  void closeClosesTheConnectionAndIsIdempotent() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open("", "x"))) {
      StreamedResponse response = client.get(server.url("/")).asStream().join();
      response.close();
      response.close();

      server.awaitNoOpenConnections(Awaited.LIMIT);
      assertThat(client.stats().inFlight()).isZero();
      assertThatThrownBy(() -> response.inputStream().read())
          .isInstanceOf(CancellationException.class);
    }
  }

  @Test
  void closeEndsABlockedRead() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open("", "x"))) {
      StreamedResponse response = client.get(server.url("/")).asStream().join();
      RecordedSignals<ByteBuffer> probe = RecordedSignals.on(response.body(), Long.MAX_VALUE);
      probe.awaitItems(1);
      response.close();

      assertThat(probe.awaitError()).isInstanceOf(CancellationException.class);
      server.awaitNoOpenConnections(Awaited.LIMIT);
    }
  }

  @Test
  void cancelledSubscriptionClosesTheConnectionAndIsSilent() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open("", "x"))) {
      StreamedResponse response = client.get(server.url("/")).asStream().join();
      RecordedSignals<ByteBuffer> probe = RecordedSignals.on(response.body(), Long.MAX_VALUE);
      probe.awaitItems(1);
      probe.cancel();

      server.awaitNoOpenConnections(Awaited.LIMIT);
      Eventually.holds(() -> client.stats().inFlight() == 0, "no call in flight");
      assertThat(probe.hasEnded()).isFalse();
    }
  }

  @Test
  void closingTheClientEndsOpenStreams() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open("", "x"))) {
      RecordedSignals<ByteBuffer> read =
          RecordedSignals.on(client.get(server.url("/")).asStream().join().body(), Long.MAX_VALUE);
      StreamedResponse untouched = client.get(server.url("/")).asStream().join();
      read.awaitItems(1);
      client.close();

      assertThat(read.awaitError()).isInstanceOf(CancellationException.class);
      server.awaitNoOpenConnections(Awaited.LIMIT);
      assertThatThrownBy(() -> untouched.inputStream().read())
          .isInstanceOf(CancellationException.class);
      assertThat(Awaited.error(client.get(server.url("/")).asStream()))
          .isInstanceOf(ClientClosedError.class);
    }
  }

  @Test
  void bodyIsTakenOnce() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(200, "hello"))) {
      StreamedResponse published = client.get(server.url("/")).asStream().join();
      RecordedSignals<ByteBuffer> first = RecordedSignals.on(published.body(), Long.MAX_VALUE);
      RecordedSignals<ByteBuffer> second = RecordedSignals.on(published.body(), Long.MAX_VALUE);
      assertThat(second.awaitError()).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(published::inputStream).isInstanceOf(IllegalStateException.class);
      assertThat(first.awaitText()).isEqualTo("hello");

      StreamedResponse read = client.get(server.url("/")).asStream().join();
      InputStream stream = read.inputStream();
      assertThat(RecordedSignals.on(read.body(), 1).awaitError())
          .isInstanceOf(IllegalStateException.class);
      assertThat(stream.readAllBytes()).asString().isEqualTo("hello");
    }
  }

  @Test
  void silenceEndsTheBodyAndClosesTheConnection() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open("", "x"))) {
      StreamedResponse response =
          client.get(server.url("/")).idleTimeout(Duration.ofMillis(100)).asStream().join();
      RecordedSignals<ByteBuffer> probe = RecordedSignals.on(response.body(), Long.MAX_VALUE);

      assertThat(probe.awaitError())
          .isInstanceOfSatisfying(
              FetchTimeoutError.class,
              late -> assertThat(late.phase()).isEqualTo(FetchTimeoutError.Phase.IDLE));
      assertThat(probe.items()).hasSize(1);
      server.awaitNoOpenConnections(Awaited.LIMIT);
      assertThat(client.stats().inFlight()).isZero();
    }
  }

  @Test
  void slowConsumerIsNoSilence() throws Exception {
    FakeServer server = FakeServer.create();
    server.on("GET", "/", FakeReply.pieces("text/plain", "x".repeat(50_000), "y".repeat(50_000)));
    StreamedResponse response =
        server.await(server.client().get("/").idleTimeout(Duration.ofMillis(50)).asStream());
    InputStream body = response.inputStream();
    assertThat(body.read()).isEqualTo('x');

    server.advance(Duration.ofSeconds(10));

    assertThat(body.readAllBytes()).hasSize(99_999);
  }

  @Test
  void totalTimeoutEndsAtTheHeaders() throws Exception {
    Script slowly =
        exchange -> {
          PiecewiseAnswers.begin(exchange, "");
          OutputStream body = exchange.chunks();
          for (int i = 0; i < 6; i++) {
            exchange.pause(Duration.ofMillis(100));
            body.write('x');
          }
          body.close();
        };
    try (ScriptedServer server = ScriptedServer.start(slowly)) {
      StreamedResponse response =
          client
              .get(server.url("/"))
              .timeout(Duration.ofMillis(300))
              .attemptTimeout(Duration.ofMillis(300))
              .asStream()
              .join();
      assertThat(response.inputStream().readAllBytes()).hasSize(6);
    }
  }

  @Test
  void compressedBodyIsStreamedAsItComes() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    Script script =
        exchange -> {
          PiecewiseAnswers.begin(exchange, "Content-Encoding: gzip\r\n");
          OutputStream gzip = new GZIPOutputStream(exchange.chunks(), 512, true);
          gzip.write("one".getBytes(StandardCharsets.UTF_8));
          gzip.flush();
          PiecewiseAnswers.await(mayEnd);
          gzip.write("two".getBytes(StandardCharsets.UTF_8));
          gzip.close();
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      InputStream body = client.get(server.url("/")).asStream().join().inputStream();
      assertThat(body.readNBytes(3)).asString().isEqualTo("one");
      mayEnd.countDown();
      assertThat(body.readAllBytes()).asString().isEqualTo("two");
    }
  }

  @Test
  void statusFrom400OnIsAnErrorAndOthersAreNot() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(
            Script.inOrder(
                Scripts.respond(404, "nothing"),
                Scripts.respond(304, ""),
                Scripts.respond(204, "")))) {
      assertThat(Awaited.error(client.get(server.url("/")).asStream()))
          .isInstanceOfSatisfying(
              HttpStatusError.class, error -> assertThat(error.status()).isEqualTo(404));
      for (int status : new int[] {304, 204}) {
        StreamedResponse response = client.get(server.url("/")).asStream().join();
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.inputStream().read()).isEqualTo(-1);
      }
      assertThat(client.stats().inFlight()).isZero();
    }
  }
}
