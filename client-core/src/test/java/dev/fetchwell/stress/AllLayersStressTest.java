package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.observe.ResilienceStats;
import dev.fetchwell.policy.AdaptiveLimit;
import dev.fetchwell.policy.AddressGuard;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import dev.fetchwell.policy.CoolDown;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RateLimit;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.policy.Token;
import dev.fetchwell.policy.TokenSource;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.NioServerProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * All layers at once: calls of all kinds begin and leave at all moments, from several threads,
 * while the server answers, fails and stays silent by turns.
 */
@Tag("stress")
@Timeout(120)
class AllLayersStressTest {

  private static final int THREADS = 4;
  private static final int CALLS_OF_EACH = 25_000;
  private static final int PHASE = 1_250;
  private static final int WINDOW = 100;
  private static final int URLS = 1_000;

  private final AtomicInteger cancelled = new AtomicInteger();
  private final AtomicInteger succeeded = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger filtered = new AtomicInteger();

  @Test
  void everyCallEndsAndEachLayerHasAllThatItGaveBack() throws Exception {
    try (NioServerProcess server = NioServerProcess.start();
        AsyncHttpClient client = withAllLayers(server)) {
      runAll(client, server);
      Quiet.assertNothingLeft(client);
      ResilienceStats now = client.stats().resilience();
      System.out.println(
          "cancelled %s, succeeded %s, failed %s, %s, %s"
              .formatted(cancelled, succeeded, failed, client.stats(), filtered));
      assertThat(now.flights()).isZero();
      assertThat(now.throttled()).isZero();
      assertThat(client.stats().abandoned()).isZero();
      assertThat(now.joined()).isPositive();
      assertThat(now.hedges()).isPositive();
      assertThat(filtered).hasValueGreaterThan(THREADS * CALLS_OF_EACH / 20);
      server.release();
      // Only if no trial place got lost can the breaker close again.
      Eventually.holds(() -> closes(client, server), "a breaker that closes");
    }
    assertThat(cancelled.get() + succeeded.get() + failed.get()).isEqualTo(THREADS * CALLS_OF_EACH);
    // All kinds of ends, in what shares this machine's speed gives.
    assertThat(cancelled).hasValueGreaterThan(THREADS * CALLS_OF_EACH / 100);
    assertThat(succeeded).hasValueGreaterThan(THREADS * CALLS_OF_EACH / 100);
    assertThat(failed).hasValueGreaterThan(THREADS * CALLS_OF_EACH / 100);
  }

  private static boolean closes(AsyncHttpClient client, NioServerProcess server) {
    boolean succeeds =
        client.getString(server.url("/0")).handle((text, thrown) -> thrown == null).join();
    return succeeds
        && client.stats().resilience().breakers().values().stream()
            .allMatch(CircuitState.CLOSED::equals);
  }

  private AsyncHttpClient withAllLayers(NioServerProcess server) {
    return AsyncHttpClient.builder()
        .baseUrl(server.url(""))
        .timeout(Duration.ofMillis(200))
        .retry(
            RetryPolicy.builder()
                .maxAttempts(2)
                .backoff(Backoff.fixed(Duration.ofMillis(2)))
                .budget(RetryBudget.unlimited())
                .build())
        .singleFlight(true)
        .hedge(HedgePolicy.after(Duration.ofMillis(1)).budget(0.5))
        .bearer(
            TokenSource.of(
                () ->
                    CompletableFuture.completedFuture(
                        new Token("text", Instant.now().plusSeconds(600)))))
        .filter(
            (request, attempt) -> {
              filtered.incrementAndGet();
              return CompletableFuture.completedFuture(request.withHeader("X-Signed", "yes"));
            })
        .coolDown(CoolDown.perHost())
        .circuitBreaker(
            CircuitBreakerPolicy.builder()
                .slidingWindow(50)
                .failureRate(0.9)
                .openFor(Duration.ofMillis(5))
                .build())
        .rateLimit(RateLimit.perSecond(100_000).burst(100))
        .rateLimitPerHost(RateLimit.perSecond(50_000).burst(50))
        .adaptiveLimit(AdaptiveLimit.between(16, 64))
        .deadlineHeader("X-Deadline-Ms")
        .addressGuard(AddressGuard.publicOnly().allow("127.0.0.0/8"))
        .build();
  }

  private void runAll(AsyncHttpClient client, NioServerProcess server) throws Exception {
    List<CompletableFuture<Void>> runs = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      CompletableFuture<Void> run = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  run(client, server, number);
                  run.complete(null);
                } catch (Throwable thrown) {
                  run.completeExceptionally(thrown);
                }
              });
      thread.setDaemon(true);
      thread.start();
      runs.add(run);
    }
    CompletableFuture.allOf(runs.toArray(CompletableFuture[]::new)).get(100, TimeUnit.SECONDS);
  }

  private void run(AsyncHttpClient client, NioServerProcess server, int number) throws Exception {
    Random random = new Random(number);
    CompletableFuture<?>[] window = new CompletableFuture<?>[WINDOW];
    CompletableFuture<?>[] ended = new CompletableFuture<?>[CALLS_OF_EACH];
    for (int i = 0; i < CALLS_OF_EACH; i++) {
      if (number == 0 && i % PHASE == 0) {
        changeServer(server, i / PHASE);
      }
      CompletableFuture<?> call = call(client.get(server.url("/" + random.nextInt(URLS))), random);
      ended[i] = call.handle((value, thrown) -> count(thrown));
      int place = random.nextInt(WINDOW);
      leave(window[place], random);
      window[place] = call;
    }
    for (CompletableFuture<?> call : window) {
      if (call != null) {
        call.cancel(false);
      }
    }
    CompletableFuture.allOf(ended).get(60, TimeUnit.SECONDS);
  }

  /** Half of them are cancelled; the other half is waited for, so that this is not all there is. */
  private static void leave(@Nullable CompletableFuture<?> call, Random random) throws Exception {
    if (call == null) {
      return;
    }
    if (random.nextBoolean()) {
      call.cancel(false);
    } else {
      call.handle((value, thrown) -> null).get(60, TimeUnit.SECONDS);
    }
  }

  private static CompletableFuture<?> call(RequestSpec request, Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> request.asBytes();
      case 1 -> request.asResponse();
      case 2 -> request.timeout(Duration.ofMillis(1 + random.nextInt(20))).asString();
      case 3 -> request.as(response -> response.text().length());
      default -> request.asString();
    };
  }

  /** By turns it answers, fails so that calls wait for a retry, and stays silent. */
  private static void changeServer(NioServerProcess server, int phase) {
    switch (phase % 5) {
      case 2 -> server.unavailable();
      case 4 -> server.stall();
      default -> server.release();
    }
  }

  private int count(Throwable thrown) {
    if (thrown == null) {
      return succeeded.incrementAndGet();
    }
    if (thrown instanceof CancellationException) {
      return cancelled.incrementAndGet();
    }
    assertThat(thrown).isInstanceOf(FetchError.class);
    return failed.incrementAndGet();
  }
}
