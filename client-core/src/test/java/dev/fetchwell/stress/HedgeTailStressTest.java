package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.observe.ResilienceStats;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.RawHttp2Server;
import dev.fetchwell.testserver.RawHttp2Server.Answer;
import dev.fetchwell.testserver.ScriptedServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What hedging does to the slowest calls: with and without it, in one run. */
@Tag("stress")
@Timeout(120)
class HedgeTailStressTest {

  private static final int CALLS = 2_000;

  /** One of so many requests is slow, a hedge as likely as any. */
  private static final int ONE_IN = 50;

  private static final Duration SLOW = Duration.ofMillis(400);
  private static final HedgePolicy POLICY = HedgePolicy.atPercentile(0.95);

  private final AtomicInteger requests = new AtomicInteger();

  private boolean isSlow() {
    return requests.incrementAndGet() % ONE_IN == 0;
  }

  @Test
  void slowOnesAmongManyAreHiddenOnHttp1() throws Exception {
    try (ScriptedServer server =
            ScriptedServer.start(
                exchange -> {
                  exchange.pause(isSlow() ? SLOW : Duration.ofMillis(5));
                  exchange.respond(200, "ok");
                });
        AsyncHttpClient plain = AsyncHttpClient.create();
        AsyncHttpClient hedged = AsyncHttpClient.builder().hedge(POLICY).build()) {
      compare("HTTP/1.1", server.url("/"), plain, hedged);
    }
  }

  @Test
  void slowOnesAmongManyAreHiddenOnHttp2() throws Exception {
    ScheduledExecutorService later = Executors.newScheduledThreadPool(2);
    Answer answer =
        (connection, stream) -> {
          long millis = isSlow() ? SLOW.toMillis() : 5;
          var unused =
              later.schedule(
                  () -> {
                    Answer.ok().answer(connection, stream);
                    return null;
                  },
                  millis,
                  TimeUnit.MILLISECONDS);
        };
    OkHttpClient http2 =
        new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
    try (RawHttp2Server server = RawHttp2Server.start(answer);
        AsyncHttpClient plain = AsyncHttpClient.builder().okHttp(http2).build();
        AsyncHttpClient hedged = AsyncHttpClient.builder().okHttp(http2).hedge(POLICY).build()) {
      compare("HTTP/2", server.url("/"), plain, hedged);
      int connections = server.acceptedConnections();
      assertThat(millis(hedged, server.url("/"), 500)).hasSize(500);
      assertThat(server.acceptedConnections()).as("no loser costs one").isEqualTo(connections);
    } finally {
      later.shutdownNow();
    }
  }

  private static void compare(
      String protocol, String url, AsyncHttpClient plain, AsyncHttpClient hedged) {
    // So that all is loaded and compiled, and the percentile is known.
    var before = millis(plain, url, 500);
    var learning = millis(hedged, url, 500);
    assertThat(before.size() + learning.size()).isEqualTo(1_000);
    long hedgesBefore = hedged.stats().resilience().hedges();

    double[] without = sorted(millis(plain, url, CALLS));
    double[] with = sorted(millis(hedged, url, CALLS));

    ResilienceStats stats = hedged.stats().resilience();
    System.out.printf(
        "%s, %d calls, 1 of %d slow by %d ms: without p50 %.1f p95 %.1f p99 %.1f p99.9 %.1f ms; "
            + "with p50 %.1f p95 %.1f p99 %.1f p99.9 %.1f ms; hedges %d (%.1f %%), won %d%n",
        protocol,
        CALLS,
        ONE_IN,
        SLOW.toMillis(),
        at(without, 0.5),
        at(without, 0.95),
        at(without, 0.99),
        at(without, 0.999),
        at(with, 0.5),
        at(with, 0.95),
        at(with, 0.99),
        at(with, 0.999),
        stats.hedges() - hedgesBefore,
        100.0 * (stats.hedges() - hedgesBefore) / CALLS,
        stats.hedgesWon());
    assertThat(at(without, 0.99)).isGreaterThan((double) SLOW.toMillis());
    assertThat(at(with, 0.99)).isLessThan(SLOW.toMillis() / 2.0);
    assertThat(stats.hedges() - hedgesBefore).isLessThanOrEqualTo(CALLS / 20 + 5);
    Quiet.assertNothingLeft(hedged);
  }

  private static List<Double> millis(AsyncHttpClient client, String url, int calls) {
    ConcurrentLinkedQueue<Double> took = new ConcurrentLinkedQueue<>();
    var all =
        Batch.of(IntStream.range(0, calls).boxed().toList(), call -> timed(client, url, took))
            .concurrency(8)
            .all()
            .join();
    assertThat(all).hasSize(calls);
    return List.copyOf(took);
  }

  private static CompletableFuture<String> timed(
      AsyncHttpClient client, String url, ConcurrentLinkedQueue<Double> took) {
    long start = System.nanoTime();
    return client
        .getString(url)
        .whenComplete((text, thrown) -> took.add((System.nanoTime() - start) / 1e6));
  }

  private static double[] sorted(List<Double> times) {
    return times.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  private static double at(double[] sorted, double percentile) {
    return sorted[(int) (percentile * sorted.length)];
  }
}
