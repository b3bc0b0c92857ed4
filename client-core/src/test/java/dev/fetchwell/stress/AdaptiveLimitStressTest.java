package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.policy.AdaptiveLimit;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that does eight requests at once, gets slower with more, and refuses above twenty. */
@Tag("stress")
@Timeout(120)
class AdaptiveLimitStressTest {

  private static final int CAPACITY = 8;
  private static final int REFUSED_ABOVE = 20;
  private static final long SERVICE_MILLIS = 25;
  private static final int LANES = 60;
  private static final int CALLS = 4_000;

  @Test
  void overloadedServerRefusesFarFewerCallsAndNoPermitIsLost() throws Exception {
    double tooMany = refusals(builder -> builder);
    double adaptive = refusals(builder -> builder.adaptiveLimit(AdaptiveLimit.standard()));

    System.out.println("refused: static 64 " + tooMany + ", adaptive " + adaptive);
    assertThat(tooMany).isGreaterThan(0.3);
    assertThat(adaptive).isLessThan(0.25 * tooMany);
  }

  private static double refusals(UnaryOperator<AsyncHttpClient.Builder> settings) throws Exception {
    AtomicInteger refused = new AtomicInteger();
    try (ScriptedServer server = ScriptedServer.start(limited(refused));
        AsyncHttpClient client = settings.apply(AsyncHttpClient.builder()).build()) {
      List<CompletableFuture<Void>> lanes = new ArrayList<>();
      for (int i = 0; i < LANES; i++) {
        lanes.add(lane(client, server.url("/"), CALLS / LANES));
      }
      for (CompletableFuture<Void> lane : lanes) {
        lane.get(60, TimeUnit.SECONDS);
      }
      Quiet.assertNothingLeft(client);
      System.out.println("limit at the end: " + client.stats().resilience().limits());
    }
    return (double) refused.get() / CALLS;
  }

  private static Script limited(AtomicInteger refused) {
    AtomicInteger inside = new AtomicInteger();
    return exchange -> {
      int now = inside.incrementAndGet();
      try {
        if (now > REFUSED_ABOVE) {
          refused.incrementAndGet();
          exchange.respond(503, "too many");
        } else {
          long load = Math.max(CAPACITY, now);
          exchange.pause(Duration.ofMillis(SERVICE_MILLIS * load * load / CAPACITY / CAPACITY));
          exchange.respond(200, "ok");
        }
      } finally {
        inside.decrementAndGet();
      }
    };
  }

  /** One call after the other; some are cancelled. */
  private static CompletableFuture<Void> lane(AsyncHttpClient client, String url, int calls) {
    if (calls == 0) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<String> call = client.get(url).noRetry().asString();
    if (ThreadLocalRandom.current().nextInt(50) == 0) {
      call.cancel(false);
    }
    return call.handle((body, thrown) -> calls - 1).thenCompose(left -> lane(client, url, left));
  }
}
