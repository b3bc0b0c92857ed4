package dev.fetchwell.batch;

import static dev.fetchwell.batch.Failures.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.observe.ClientStats;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What cancelling and deadlines of batches and groups do to the connections. */
@Timeout(60)
class BatchWireTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  void failureOfAllClosesTheSiblingsConnections() throws Exception {
    CountDownLatch stalled = new CountDownLatch(3);
    try (ScriptedServer server = ScriptedServer.start(failsOnceAllHaveCome(stalled));
        AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.url("")).build()) {
      CompletableFuture<List<String>> all =
          Batch.of(
                  List.of("/s/1", "/s/2", "/fail", "/s/3", "/s/4"),
                  path -> client.get(path).noRetry().asString())
              .concurrency(4)
              .all();
      assertThat(Awaited.error(all, LIMIT)).isInstanceOf(ServerStatusError.class);
      assertNothingHeld(server, client);
      assertThat(server.requests()).hasSize(4);
    }
  }

  @Test
  void failureOfAllClosesTheStreamsThatWereOpen() throws Exception {
    CountDownLatch opened = new CountDownLatch(3);
    Script script =
        exchange -> {
          if (exchange.request().path().equals("/fail")) {
            assertThat(opened.await(20, TimeUnit.SECONDS)).isTrue();
            exchange.respond(500, "no");
            exchange.close();
          } else {
            exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            exchange.stall();
          }
        };
    try (ScriptedServer server = ScriptedServer.start(script);
        AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.url("")).build()) {
      CompletableFuture<List<StreamedResponse>> all =
          Batch.of(
                  List.of("/s/1", "/s/2", "/s/3", "/fail"),
                  path -> {
                    CompletableFuture<StreamedResponse> call =
                        client.get(path).noRetry().asStream();
                    var unused = call.thenRun(opened::countDown);
                    return call;
                  })
              .all();
      assertThat(Awaited.error(all, LIMIT)).isInstanceOf(ServerStatusError.class);
      assertNothingHeld(server, client);
    }
  }

  @Test
  void cancellingTheBatchClosesItsConnections() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.stall());
        AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.url("")).build()) {
      CompletableFuture<BatchSummary> batch =
          Batch.of(Stream.generate(() -> "/endless").iterator(), client::getString)
              .concurrency(5)
              .forEach((path, outcome) -> {});
      server.awaitRequests(5);
      batch.cancel(false);
      assertNothingHeld(server, client);
      assertThat(server.requests()).hasSize(5);
    }
  }

  @Test
  @SuppressWarnings("FutureReturnValueIgnored") // The group watches its forks.
  void failureInAGroupClosesTheSiblingsConnections() throws Exception {
    CountDownLatch stalled = new CountDownLatch(3);
    try (ScriptedServer server = ScriptedServer.start(failsOnceAllHaveCome(stalled));
        AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.url("")).build()) {
      CompletableFuture<FetchError> thrown = new CompletableFuture<>();
      try (TaskGroup group = TaskGroup.open()) {
        group.fork(() -> client.getString("/s/1"));
        group.fork(() -> client.getString("/s/2"));
        group.fork(() -> client.get("/fail").noRetry().asString());
        group.fork(() -> client.getString("/s/3"));
        group.join();
      } catch (ServerStatusError error) {
        thrown.complete(error);
      }
      assertThat(thrown).isDone();
      assertNothingHeld(server, client);
    }
  }

  @Test
  void closingAGroupEndsItsCallsBeforeItReturns() {
    try (ScriptedServer server = ScriptedServer.start(Scripts.stall());
        AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.url("")).build()) {
      CompletableFuture<String> call;
      try (TaskGroup group = TaskGroup.open()) {
        call = group.fork(() -> client.getString("/"));
        server.awaitRequests(1);
      }
      assertThat(call).isCancelled();
      assertThat(client.stats().inFlight()).isZero();
      server.awaitNoOpenConnections(SOON);
    }
  }

  /** Each takes less than half of the deadline, all together more than twice of it. */
  @Test
  void deadlineOfAnItemStartsWhenTheItemDoes() {
    Duration half = Duration.ofMillis(400);
    try (ScriptedServer server =
            ScriptedServer.start(Scripts.delayed(half, Scripts.respond(200, "ok")));
        AsyncHttpClient client =
            AsyncHttpClient.builder()
                .baseUrl(server.url(""))
                .timeout(half.multipliedBy(5).dividedBy(2))
                .attemptTimeout(half.multipliedBy(5).dividedBy(2))
                .build()) {
      CompletableFuture<List<String>> all =
          Batch.of(List.of("/1", "/2", "/3", "/4", "/5", "/6"), client::getString)
              .concurrency(1)
              .all();
      assertThat(Awaited.value(all, LIMIT)).containsOnly("ok").hasSize(6);
    }
  }

  /** 500 for {@code /fail} once three other requests are there; those get no answer. */
  private static Script failsOnceAllHaveCome(CountDownLatch stalled) {
    return exchange -> {
      if (exchange.request().path().equals("/fail")) {
        assertThat(stalled.await(20, TimeUnit.SECONDS)).isTrue();
        exchange.respond(500, "no");
        exchange.close();
      } else {
        stalled.countDown();
        exchange.stall();
      }
    };
  }

  private static void assertNothingHeld(ScriptedServer server, AsyncHttpClient client) {
    server.awaitNoOpenConnections(SOON);
    ClientStats stats = client.stats();
    assertThat(stats.inFlight()).isZero();
    assertThat(stats.queued()).isZero();
  }
}
