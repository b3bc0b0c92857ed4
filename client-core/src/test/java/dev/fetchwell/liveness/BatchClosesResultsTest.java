package dev.fetchwell.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.Exchange;
import dev.fetchwell.testserver.ScriptedServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A result that nobody gets must not keep what it holds: an open response has a permit. */
class BatchClosesResultsTest {

  private static final int STREAMS = 5;

  private final AtomicInteger opened = new AtomicInteger();
  private final CountDownLatch mayFail = new CountDownLatch(1);
  private final ScriptedServer server = ScriptedServer.start(this::answer);
  private final AsyncHttpClient client =
      AsyncHttpClient.builder().retry(RetryPolicy.none()).build();

  @AfterEach
  void close() {
    mayFail.countDown();
    client.close();
    server.close();
  }

  @Test
  void openedStreamsAreClosedWhenOneItemOfAllFails() {
    CompletableFuture<List<StreamedResponse>> all = streams().all();
    awaitOpenStreams(STREAMS);
    mayFail.countDown();
    assertThat(FetchError.of(Awaited.ending(all, Liveness.LIMIT))).isNotNull();
    assertEverythingIsClosed();
  }

  @Test
  void openedStreamsAreClosedWhenAllIsCancelled() {
    CompletableFuture<List<StreamedResponse>> all = streams().all();
    awaitOpenStreams(STREAMS);
    all.cancel(true);
    assertEverythingIsClosed();
  }

  @Test
  void openedStreamsAreClosedButTheFirst() {
    CompletableFuture<StreamedResponse> first = streams().first();
    StreamedResponse response = Awaited.value(first, Liveness.LIMIT);
    assertThat(response.status()).isEqualTo(200);
    mayFail.countDown();
    // The one that was handed over stays open, for whoever got it.
    Eventually.holds(
        () -> client.stats().inFlight() == 1, () -> "one, is " + client.stats(), Liveness.LIMIT);
    response.close();
    assertEverythingIsClosed();
  }

  @Test
  void openedStreamsAreClosedWhenTheSequenceThrows() {
    List<RequestSpec> specs = IntStream.range(0, STREAMS).mapToObj(any -> get("/open")).toList();
    Iterable<RequestSpec> broken =
        () -> Stream.concat(specs.stream(), Stream.generate(this::broken)).iterator();
    CompletableFuture<List<StreamedResponse>> all = Batch.of(broken, RequestSpec::asStream).all();
    assertThat(FetchError.of(Awaited.ending(all, Liveness.LIMIT))).isNotNull();
    assertEverythingIsClosed();
  }

  private RequestSpec broken() {
    awaitOpenStreams(STREAMS);
    throw new IllegalStateException("no more");
  }

  private Batch<RequestSpec, StreamedResponse> streams() {
    List<RequestSpec> specs =
        IntStream.rangeClosed(0, STREAMS)
            .mapToObj(i -> get(i < STREAMS ? "/open" : "/fail"))
            .toList();
    return Batch.of(specs, RequestSpec::asStream);
  }

  private RequestSpec get(String path) {
    return client.get(server.url(path));
  }

  /** Their headers have come, not only their requests. */
  private void awaitOpenStreams(int count) {
    Eventually.holds(
        () -> client.stats().inFlight() >= count && opened.get() >= count,
        () -> count + " open streams: " + client.stats(),
        Liveness.LIMIT);
  }

  private void assertEverythingIsClosed() {
    Quiet.assertNothingHeld(client, Liveness.LIMIT);
    Quiet.assertNoConnectionInUse(client, Liveness.LIMIT);
  }

  /** A body that goes on for as long as somebody reads it, or a failure. */
  private void answer(Exchange exchange) throws Exception {
    if (exchange.request().path().equals("/open")) {
      exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nstart");
      opened.incrementAndGet();
      exchange.stall();
    }
    if (!mayFail.await(20, TimeUnit.SECONDS)) {
      throw new IOException("not told to fail");
    }
    exchange.respond(500, "");
  }
}
