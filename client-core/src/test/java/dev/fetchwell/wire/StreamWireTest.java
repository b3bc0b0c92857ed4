package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.RecordedSignals;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code asStream()}: a response at its headers, whose body comes on demand. */
class StreamWireTest {

  private static final Duration SOON = Duration.ofSeconds(5);

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  @Test
  void responseIsHereAtItsHeadersAndItsBodyWhenItComes() {
    CountDownLatch headersSeen = new CountDownLatch(1);
    ScriptedServer server =
        wire.server(
            exchange -> {
              exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\n");
              headersSeen.await();
              exchange.raw("hello");
            });
    AsyncHttpClient client = wire.client();
    StreamedResponse response = value(client.get(server.url("/s?q=1")).asStream());
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("x-a")).contains("b");
    assertThat(response.headers()).containsKey("X-A");
    assertThat(response.url()).hasToString(server.url("/s?q=1"));
    assertThat(response.attempts()).isEqualTo(1);
    assertThat(client.stats().inFlight()).isEqualTo(1);
    RecordedSignals<ByteBuffer> body = RecordedSignals.on(response.body(), Long.MAX_VALUE);
    headersSeen.countDown();
    assertThat(body.awaitText()).isEqualTo("hello");
    Eventually.holds(
        () -> client.stats().inFlight() == 0, () -> "the permit back", ClientsAndServers.SETTLES);
    RecordedSignals<ByteBuffer> second = RecordedSignals.on(response.body(), 1);
    failure(second.ended(), IllegalStateException.class);
  }

  @Test
  void nothingIsReadThatNobodyAskedFor() {
    AtomicLong written = new AtomicLong();
    Script endless =
        exchange -> {
          exchange.raw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
          byte[] block = new byte[16 * 1024];
          while (true) {
            exchange.raw(block);
            written.addAndGet(block.length);
          }
        };
    ScriptedServer server = wire.server(endless);
    AsyncHttpClient client = wire.client();
    StreamedResponse response = value(client.get(server.url("/")).asStream());
    RecordedSignals<ByteBuffer> body = RecordedSignals.on(response.body(), 3);
    Eventually.holds(
        () -> body.items().size() == 3,
        () -> "three chunks, are " + body.items().size(),
        ClientsAndServers.SETTLES);
    ClientsAndServers.pause(Duration.ofMillis(300));
    assertThat(body.items().size()).isEqualTo(3);
    // What the buffers of two sockets hold, and no more.
    assertThat(written.get()).isLessThan(50_000_000);
    body.cancel();
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void closeGivesUpTheBodyAndThePermits() {
    ScriptedServer server = wire.server(Faults.endlessBody());
    AsyncHttpClient client = wire.client(builder -> builder.maxConcurrency(1));
    for (int i = 0; i < 3; i++) {
      value(client.get(server.url("/")).asStream()).close();
    }
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void closeWhileASubscriberWaitsEndsIt() {
    ScriptedServer server = wire.server(Scripts.dripBody("x".repeat(100), Duration.ofSeconds(10)));
    StreamedResponse response = value(wire.client().get(server.url("/")).asStream());
    RecordedSignals<ByteBuffer> body = RecordedSignals.on(response.body(), Long.MAX_VALUE);
    Eventually.holds(() -> body.items().size() == 1, () -> "one chunk", ClientsAndServers.SETTLES);
    response.close();
    response.close();
    failure(body.ended(), CancellationException.class);
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void closingTheClientEndsItsStreams() {
    ScriptedServer server = wire.server(Scripts.dripBody("x".repeat(100), Duration.ofSeconds(10)));
    AsyncHttpClient client = wire.client();
    StreamedResponse response = value(client.get(server.url("/")).asStream());
    RecordedSignals<ByteBuffer> body = RecordedSignals.on(response.body(), Long.MAX_VALUE);
    Eventually.holds(() -> body.items().size() == 1, () -> "one chunk", ClientsAndServers.SETTLES);
    client.close();
    failure(body.ended(), CancellationException.class);
    value(client.shutdown(Duration.ZERO).thenApply(none -> "drained"));
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void silenceInTheBodyIsAnIdleTimeout() {
    ScriptedServer server = wire.server(Scripts.dripBody("x".repeat(100), Duration.ofSeconds(10)));
    StreamedResponse response =
        value(wire.client().get(server.url("/")).idleTimeout(Duration.ofMillis(200)).asStream());
    RecordedSignals<ByteBuffer> body = RecordedSignals.on(response.body(), Long.MAX_VALUE);
    FetchTimeoutError error = failure(body.ended(), FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.IDLE);
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void bodyMayTakeLongerThanTheTimeouts() {
    ScriptedServer server = wire.server(Scripts.dripBody("x".repeat(50), Duration.ofMillis(10)));
    StreamedResponse response =
        value(wire.client().get(server.url("/")).timeout(Duration.ofMillis(300)).asStream());
    RecordedSignals<ByteBuffer> body = RecordedSignals.on(response.body(), Long.MAX_VALUE);
    assertThat(body.awaitText()).hasSize(50);
  }

  @Test
  void bodyThatBreaksOffFailsTheSubscriber() {
    ScriptedServer server = wire.server(Faults.truncatedBody());
    StreamedResponse response = value(wire.client().get(server.url("/")).asStream());
    RecordedSignals<ByteBuffer> body = RecordedSignals.on(response.body(), Long.MAX_VALUE);
    ConnectionError error = failure(body.ended(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.RESET);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void statusIsRetriedAndThenAnErrorAsInEveryCall() {
    ScriptedServer server =
        wire.server(Script.inOrder(Scripts.respond(503, ""), Scripts.respond(200, "")));
    StreamedResponse response = value(wire.client().get(server.url("/")).asStream());
    assertThat(response.attempts()).isEqualTo(2);
    RecordedSignals<ByteBuffer> body = RecordedSignals.on(response.body(), 1);
    assertThat(body.awaitText()).isEmpty();
    ScriptedServer missing = wire.server(Scripts.respond(404, "no"));
    assertThat(failure(wire.client().get(missing.url("/")).asStream(), ClientStatusError.class))
        .extracting(ClientStatusError::bodyText)
        .isEqualTo("no");
  }

  @Test
  void statusWithoutABodyHasAnEmptyStream() {
    for (int status : new int[] {204, 304, 300}) {
      ScriptedServer server = wire.server(Scripts.respond(status, ""));
      StreamedResponse response = value(wire.client().get(server.url("/")).asStream());
      assertThat(response.status()).isEqualTo(status);
      RecordedSignals<ByteBuffer> body = RecordedSignals.on(response.body(), 1);
      assertThat(body.awaitText()).isEmpty();
    }
  }

  @Test
  void cancelledStreamIsGivenUpAlsoIfItsHeadersComeAtThatMoment() {
    ScriptedServer server = wire.server(Faults.endlessBody());
    AsyncHttpClient client = wire.client();
    for (int i = 0; i < 200; i++) {
      CompletableFuture<StreamedResponse> call = client.get(server.url("/")).asStream();
      ClientsAndServers.pause(Duration.ofNanos(i * 10_000L));
      if (!call.cancel(true)) {
        value(call).close();
      }
    }
    server.awaitNoOpenConnections(SOON);
  }
}
