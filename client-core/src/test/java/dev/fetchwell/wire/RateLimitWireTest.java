package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.RateLimitExceededError;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RateLimit;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RateLimitWireTest {

  private static final RateLimit ONE_AN_HOUR = RateLimit.per(1, Duration.ofHours(1));

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private final long start = System.nanoTime();
  private final ConcurrentLinkedQueue<Long> arrivals = new ConcurrentLinkedQueue<>();

  private Script recording(Script script) {
    return exchange -> {
      arrivals.add(System.nanoTime());
      script.handle(exchange);
    };
  }

  /** From the start of the test, and so of the first token, to the last request. */
  private Duration untilLast() {
    long last = arrivals.stream().mapToLong(each -> each).max().orElseThrow();
    return Duration.ofNanos(last - start);
  }

  private static List<CompletableFuture<String>> get(
      AsyncHttpClient client, ScriptedServer server, int calls) {
    List<CompletableFuture<String>> sent = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      sent.add(client.getString(server.url("/")));
    }
    return sent;
  }

  @Test
  void requestsArriveAtTheRate() {
    ScriptedServer server = wire.server(recording(Scripts.respond(200, "ok")));
    AsyncHttpClient client = wire.client(b -> b.rateLimitPerHost(RateLimit.perSecond(50).burst(2)));
    List<CompletableFuture<String>> calls = get(client, server, 22);
    assertThat(client.stats().resilience().throttled()).isPositive();

    calls.forEach(call -> assertThat(value(call)).isEqualTo("ok"));

    // Twenty after a burst of two, 20 ms each.
    assertThat(untilLast()).isBetween(Duration.ofMillis(390), Duration.ofSeconds(5));
    assertThat(client.stats().resilience().throttled()).isZero();
  }

  @Test
  void retryTakesATokenOfItsOwn() {
    Script script = Script.inOrder(Scripts.respond(503, ""), Scripts.respond(200, "ok"));
    ScriptedServer server = wire.server(recording(script));
    RetryPolicy soon =
        RetryPolicy.builder().backoff(Backoff.fixed(Duration.ofMillis(1)).withoutJitter()).build();
    AsyncHttpClient client = wire.client(b -> b.retry(soon).rateLimit(RateLimit.perSecond(4)));

    assertThat(value(client.getString(server.url("/")))).isEqualTo("ok");

    assertThat(untilLast()).isGreaterThanOrEqualTo(Duration.ofMillis(250));
  }

  @Test
  void hopOfARedirectCountsAtItsOwnHost() {
    ScriptedServer target = wire.server(Scripts.respond(200, "there"));
    ScriptedServer origin = wire.server(Scripts.redirect(target.url("/")));
    AsyncHttpClient client = wire.client(b -> b.rateLimitPerHost(ONE_AN_HOUR));

    assertThat(value(client.getString(origin.url("/")))).isEqualTo("there");

    assertThat(failure(client.getString(target.url("/")), RateLimitExceededError.class))
        .hasMessageContaining("the rate limit of host 127.0.0.1:" + target.port());
    assertThat(target.requests()).hasSize(1);
  }

  @Test
  void streamWaitsLikeAnyCall() {
    ScriptedServer server = wire.server(recording(Scripts.respond(200, "ok")));
    AsyncHttpClient client = wire.client(b -> b.rateLimit(RateLimit.perSecond(5)));
    value(client.getString(server.url("/")));

    try (StreamedResponse stream = value(client.get(server.url("/")).asStream())) {
      assertThat(stream.status()).isEqualTo(200);
    }

    assertThat(untilLast()).isGreaterThanOrEqualTo(Duration.ofMillis(200));
  }

  @Test
  void closeEndsThoseThatWait() {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    AsyncHttpClient client =
        wire.client(b -> b.rateLimit(RateLimit.per(1, Duration.ofMinutes(1))).timeout(HOUR));
    List<CompletableFuture<String>> calls = get(client, server, 100);
    value(calls.get(0));

    client.close();

    calls.subList(1, 100).forEach(call -> failure(call, ClientClosedError.class));
    assertThat(client.stats().resilience().throttled()).isZero();
    assertThat(server.requests()).hasSize(1);
  }

  private static final Duration HOUR = Duration.ofHours(2);

  @Test
  void shutdownWithGraceLetsThoseGoThatWait() {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    AsyncHttpClient client = wire.client(b -> b.rateLimit(RateLimit.perSecond(20)));
    List<CompletableFuture<String>> calls = get(client, server, 5);

    value(client.shutdown(Duration.ofSeconds(10)));

    calls.forEach(call -> assertThat(value(call)).isEqualTo("ok"));
  }

  @Test
  void copyOfAClientHasATokenBucketOfItsOwn() {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    AsyncHttpClient client = wire.client(b -> b.rateLimit(ONE_AN_HOUR));
    value(client.getString(server.url("/")));
    failure(client.getString(server.url("/")), RateLimitExceededError.class);

    AsyncHttpClient copy = wire.adopt(client.toBuilder().build());

    assertThat(value(copy.getString(server.url("/")))).isEqualTo("ok");
  }

  @Test
  void callsWithoutAPlaceToWaitFailAtOnce() {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    AsyncHttpClient client = wire.client(b -> b.rateLimit(RateLimit.perSecond(5)).maxQueued(0));
    List<CompletableFuture<String>> calls = get(client, server, 2);

    assertThat(failure(calls.get(1), RateLimitExceededError.class))
        .hasMessageContaining("all places in its queue are taken");
    value(calls.get(0));
  }

  @Test
  void limiterOfTheCallersIsAskedForEachAttemptAndHop() {
    AtomicInteger asked = new AtomicInteger();
    Script script =
        Script.inOrder(
            Scripts.redirect("/there"), Scripts.respond(503, ""), Scripts.respond(200, "ok"));
    ScriptedServer server = wire.server(script);
    AsyncHttpClient client =
        wire.client(
            b ->
                b.maxQueued(0)
                    .rateLimiter(
                        (host, atMost) -> {
                          asked.incrementAndGet();
                          return CompletableFuture.completedFuture(null);
                        }));

    assertThat(value(client.getString(server.url("/")))).isEqualTo("ok");
    assertThat(asked).hasValue(3);
  }

  @Test
  void limiterThatBlocksHoldsUpNeitherTheCallerNorTheDeadline() {
    CountDownLatch open = new CountDownLatch(1);
    wire.finallyDo(open::countDown);
    AtomicInteger asked = new AtomicInteger();
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    AsyncHttpClient client =
        wire.client(
            b ->
                b.timeout(Duration.ofMillis(300))
                    .rateLimiter(
                        (host, atMost) -> {
                          asked.incrementAndGet();
                          awaitQuietly(open);
                          return CompletableFuture.completedFuture(null);
                        }));
    List<CompletableFuture<String>> calls = get(client, server, 50);

    calls.forEach(
        call ->
            assertThat(failure(call, FetchTimeoutError.class))
                .hasMessageContaining("[TOTAL], waiting for the rate limiter"));
    assertThat(asked).as("one at a time").hasValue(1);
    assertThat(client.stats().resilience().throttled()).isZero();
    open.countDown();
    assertThat(value(client.getString(server.url("/")))).isEqualTo("ok");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void limiterThatNeverAnswersIsCancelledWhenItsCallIs() {
    ConcurrentLinkedQueue<CompletableFuture<Void>> turns = new ConcurrentLinkedQueue<>();
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    AsyncHttpClient client =
        wire.client(
            b ->
                b.rateLimiter(
                    (host, atMost) -> {
                      CompletableFuture<Void> turn = new CompletableFuture<>();
                      turns.add(turn);
                      return turn;
                    }));
    List<CompletableFuture<String>> calls = get(client, server, 3);
    Eventually.holds(() -> turns.size() == 3, "the limiter is asked");
    assertThat(client.stats().resilience().throttled()).isEqualTo(3);

    calls.get(0).cancel(true);
    Eventually.holds(() -> turns.peek().isCancelled(), "its future is cancelled");
    client.close();

    calls.subList(1, 3).forEach(call -> failure(call, ClientClosedError.class));
    Eventually.holds(
        () -> turns.stream().allMatch(CompletableFuture::isCancelled), "all are cancelled");
    assertThat(server.requests()).isEmpty();
  }
}
