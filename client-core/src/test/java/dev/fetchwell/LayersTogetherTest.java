package dev.fetchwell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.observe.AttemptEnded;
import dev.fetchwell.observe.AttemptStarted;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import dev.fetchwell.policy.CoolDown;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RateLimit;
import dev.fetchwell.policy.RateLimiter;
import dev.fetchwell.policy.Token;
import dev.fetchwell.policy.TokenSource;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeRequest;
import dev.fetchwell.testing.FakeServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one layer must know of another: an attempt beside a slow one waits for nothing. */
@Timeout(30)
class LayersTogetherTest {

  private static final HedgePolicy SOON = HedgePolicy.after(Duration.ofSeconds(1)).budget(1);

  private final FakeServer server = FakeServer.create();
  private final List<Integer> started = new ArrayList<>();
  private final List<Integer> ended = new ArrayList<>();
  private final CallListener listener =
      new CallListener() {
        @Override
        public void attemptStarted(AttemptStarted event) {
          started.add(event.attempt());
        }

        @Override
        public void attemptEnded(AttemptEnded event) {
          ended.add(event.attempt());
        }
      };

  private AsyncHttpClient.Builder hedging(AsyncHttpClient.Builder builder) {
    return builder.listener(listener).hedge(SOON).attemptTimeout(Duration.ofSeconds(30));
  }

  private long requests(String path) {
    return server.requests().stream().filter(sent -> sent.path().equals(path)).count();
  }

  @Test
  void hedgeIsNoTrialOfABreakerThatOpenedMeanwhile() {
    CircuitBreakerPolicy breaker =
        CircuitBreakerPolicy.builder()
            .slidingWindow(2)
            .minimumCalls(2)
            .openFor(Duration.ofMillis(500))
            .trialCalls(1)
            .build();
    AsyncHttpClient client = server.client(b -> hedging(b).circuitBreaker(breaker));
    server.on("GET", "/slow", FakeReply.text("ok").after(Duration.ofSeconds(5)));
    server.on("GET", "/down", FakeReply.status(500));
    server.on("GET", "/up", FakeReply.text("ok"));
    CompletableFuture<String> slow = client.getString("/slow");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> server.await(client.get("/down").noRetry().asString()));
    }
    assertThat(client.stats().resilience().breakers()).containsValue(CircuitState.OPEN);

    server.advance(Duration.ofSeconds(2));

    assertThat(requests("/slow")).isEqualTo(1);
    assertThat(client.stats().resilience().hedges()).isZero();
    // The place that the hedge did not take is there for a call.
    assertThat(server.await(client.getString("/up"))).isEqualTo("ok");
    assertThat(server.await(slow)).isEqualTo("ok");
  }

  @Test
  void hedgeDoesNotWaitForARateLimit() {
    RateLimit one = RateLimit.per(1, Duration.ofSeconds(20));
    AsyncHttpClient client = server.client(b -> hedging(b).rateLimit(one));
    server.on("GET", "/slow", FakeReply.text("ok").after(Duration.ofSeconds(5)));
    CompletableFuture<String> slow = client.getString("/slow");

    server.advance(Duration.ofSeconds(2));

    assertThat(client.stats().resilience().throttled()).isZero();
    assertThat(server.await(slow)).isEqualTo("ok");
    assertThat(requests("/slow")).isEqualTo(1);
  }

  @Test
  void hedgeGivesALimiterOfTheCallersNoTime() {
    List<Duration> asked = new ArrayList<>();
    RateLimiter limiter =
        (host, atMost) -> {
          asked.add(atMost);
          return CompletableFuture.completedFuture(null);
        };
    AsyncHttpClient client = server.client(b -> hedging(b).rateLimiter(limiter));
    server.on(
        "GET",
        "/slow",
        FakeReply.text("first").after(Duration.ofSeconds(5)),
        FakeReply.text("second"));

    assertThat(server.await(client.getString("/slow"))).isEqualTo("second");

    assertThat(asked).hasSize(2);
    assertThat(asked.get(0)).isPositive();
    assertThat(asked.get(1)).isZero();
  }

  @Test
  void hedgeDoesNotWaitForTheEndOfACoolDown() {
    AsyncHttpClient client = server.client(b -> hedging(b).coolDown(CoolDown.perHost()));
    server.on("GET", "/slow", FakeReply.text("ok").after(Duration.ofSeconds(5)));
    server.on("GET", "/busy", FakeReply.status(429).header("Retry-After", "20"));
    CompletableFuture<String> slow = client.getString("/slow");
    assertThatThrownBy(() -> server.await(client.get("/busy").noRetry().asString()));

    server.advance(Duration.ofSeconds(2));

    assertThat(client.stats().resilience().throttled()).isZero();
    assertThat(server.await(slow)).isEqualTo("ok");
    assertThat(requests("/slow")).isEqualTo(1);
  }

  @Test
  void tokenThatIsRefusedToBothAttemptsIsRenewedOnceAndByTheFirst() {
    AtomicInteger fetched = new AtomicInteger();
    AsyncHttpClient client =
        server.client(
            b ->
                hedging(b)
                    .bearer(
                        TokenSource.of(
                            () ->
                                CompletableFuture.completedFuture(
                                    new Token(
                                        "t" + fetched.incrementAndGet(),
                                        server.now().plusSeconds(3_600))))));
    server.on(
        "GET",
        "/x",
        request ->
            request.header("Authorization").orElse("").endsWith("t1")
                ? FakeReply.status(401).after(Duration.ofMillis(1_500))
                : FakeReply.text("ok"));

    FetchResponse response = server.await(client.get("/x").asResponse());

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.attempts()).isEqualTo(3);
    assertThat(server.requests()).extracting(FakeRequest::attempt).containsExactly(1, 2, 3);
    assertThat(fetched).hasValue(2);
    assertThat(started).containsExactlyInAnyOrder(1, 2, 3);
    assertThat(ended).containsExactlyInAnyOrder(1, 2, 3);
    assertThat(client.stats().inFlight()).isZero();
  }

  @Test
  void hedgeThatIsRefusedItsTokenLeavesTheCallToTheFirst() {
    AsyncHttpClient client =
        server.client(
            b ->
                hedging(b)
                    .bearer(
                        TokenSource.of(
                            () ->
                                CompletableFuture.completedFuture(
                                    new Token("text", server.now().plusSeconds(3_600))))));
    server.on(
        "GET", "/x", FakeReply.text("ok").after(Duration.ofSeconds(5)), FakeReply.status(401));

    FetchResponse response = server.await(client.get("/x").asResponse());

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.attempts()).isEqualTo(2);
    assertThat(ended).containsExactlyInAnyOrder(1, 2);
    assertThat(client.stats().inFlight()).isZero();
  }
}
