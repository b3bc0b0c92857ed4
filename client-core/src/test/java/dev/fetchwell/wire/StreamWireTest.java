package dev.fetchwell.wire;

import static dev.fetchwell.wire.Wire.failure;
import static dev.fetchwell.wire.Wire.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
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

  @RegisterExtension final Wire wire = new Wire();

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
    Collector body = new Collector(Long.MAX_VALUE);
    response.body().subscribe(body);
    headersSeen.countDown();
    assertThat(value(body.text())).isEqualTo("hello");
    Wire.await(() -> client.stats().inFlight() == 0, () -> "the permit back");
    Collector second = new Collector(1);
    response.body().subscribe(second);
    failure(second.text(), IllegalStateException.class);
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
    Collector body = new Collector(3);
    response.body().subscribe(body);
    Wire.await(() -> body.chunks() == 3, () -> "three chunks, are " + body.chunks());
    Wire.pause(Duration.ofMillis(300));
    assertThat(body.chunks()).isEqualTo(3);
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
    Collector body = new Collector(Long.MAX_VALUE);
    response.body().subscribe(body);
    Wire.await(() -> body.chunks() == 1, () -> "one chunk");
    response.close();
    response.close();
    failure(body.text(), CancellationException.class);
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void closingTheClientEndsItsStreams() {
    ScriptedServer server = wire.server(Scripts.dripBody("x".repeat(100), Duration.ofSeconds(10)));
    AsyncHttpClient client = wire.client();
    StreamedResponse response = value(client.get(server.url("/")).asStream());
    Collector body = new Collector(Long.MAX_VALUE);
    response.body().subscribe(body);
    Wire.await(() -> body.chunks() == 1, () -> "one chunk");
    client.close();
    failure(body.text(), CancellationException.class);
    value(client.shutdown(Duration.ZERO).thenApply(none -> "drained"));
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void silenceInTheBodyIsAnIdleTimeout() {
    ScriptedServer server = wire.server(Scripts.dripBody("x".repeat(100), Duration.ofSeconds(10)));
    StreamedResponse response =
        value(wire.client().get(server.url("/")).idleTimeout(Duration.ofMillis(200)).asStream());
    Collector body = new Collector(Long.MAX_VALUE);
    response.body().subscribe(body);
    FetchTimeoutError error = failure(body.text(), FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.IDLE);
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void bodyMayTakeLongerThanTheTimeouts() {
    ScriptedServer server = wire.server(Scripts.dripBody("x".repeat(50), Duration.ofMillis(10)));
    StreamedResponse response =
        value(wire.client().get(server.url("/")).timeout(Duration.ofMillis(300)).asStream());
    Collector body = new Collector(Long.MAX_VALUE);
    response.body().subscribe(body);
    assertThat(value(body.text())).hasSize(50);
  }

  @Test
  void bodyThatBreaksOffFailsTheSubscriber() {
    ScriptedServer server = wire.server(Faults.truncatedBody());
    StreamedResponse response = value(wire.client().get(server.url("/")).asStream());
    Collector body = new Collector(Long.MAX_VALUE);
    response.body().subscribe(body);
    ConnectionError error = failure(body.text(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.RESET);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void statusIsRetriedAndThenAnErrorAsInEveryCall() {
    ScriptedServer server =
        wire.server(Script.inOrder(Scripts.respond(503, ""), Scripts.respond(200, "")));
    StreamedResponse response = value(wire.client().get(server.url("/")).asStream());
    assertThat(response.attempts()).isEqualTo(2);
    Collector body = new Collector(1);
    response.body().subscribe(body);
    assertThat(value(body.text())).isEmpty();
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
      Collector body = new Collector(1);
      response.body().subscribe(body);
      assertThat(value(body.text())).isEmpty();
    }
  }

  @Test
  void cancelledStreamIsGivenUpAlsoIfItsHeadersComeAtThatMoment() {
    ScriptedServer server = wire.server(Faults.endlessBody());
    AsyncHttpClient client = wire.client();
    for (int i = 0; i < 200; i++) {
      CompletableFuture<StreamedResponse> call = client.get(server.url("/")).asStream();
      Wire.pause(Duration.ofNanos(i * 10_000L));
      if (!call.cancel(true)) {
        value(call).close();
      }
    }
    server.awaitNoOpenConnections(SOON);
  }
}
