package dev.fetchwell.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A retry that is due at once may begin, and end, before whoever scheduled it goes on. */
class ZeroDelayRetryTest {

  private static final int CALLS = 200;
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final RetryPolicy AT_ONCE =
      RetryPolicy.builder()
          .backoff(Backoff.fixed(Duration.ZERO))
          .maxAttempts(5)
          .budget(RetryBudget.unlimited())
          .build();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void noPermitIsLostByRetriesWithoutDelay(long seed) {
    AtomicInteger answers = new AtomicInteger();
    AtomicBoolean well = new AtomicBoolean();
    Script script =
        exchange -> {
          boolean busy = !well.get() && answers.getAndIncrement() % 4 != 0;
          exchange.respond(busy ? 503 : 200, "ok");
        };
    try (ScriptedServer server = ScriptedServer.start(script);
        AsyncHttpClient client = narrow().retry(AT_ONCE).build()) {
      sendAndCancelSome(client, server, new Random(seed));
      well.set(true);
      assertAllIsBack(client, server);
      assertThat(client.stats().retries()).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void noPermitIsLostWhenConnectionsAreClosedAfterTheirFirstAnswer(long seed) {
    assertSurvives(Scripts.closeAfter(1, Scripts.respond(200, "ok")), seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void noPermitIsLostWhenConnectionsAreClosedBeforeTheirSecondAnswer(long seed) {
    assertSurvives(Scripts.dropAfter(1, Scripts.respond(200, "ok")), seed);
  }

  /** Each call's second attempt hangs for longer than the test waits: only the cancel ends it. */
  @Test
  void cancelReachesTheAttemptAfterARetryWithoutDelay() {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    Semaphore hanging = new Semaphore(0);
    Script script =
        exchange -> {
          if (seen.add(exchange.request().path())) {
            exchange.respond(503, "");
          } else {
            hanging.release();
            exchange.stall();
          }
        };
    try (ScriptedServer server = ScriptedServer.start(script);
        AsyncHttpClient client =
            AsyncHttpClient.builder()
                .retry(AT_ONCE)
                .timeout(LONG)
                .attemptTimeout(LONG)
                .maxConcurrencyPerHost(CALLS)
                .build()) {
      for (int round = 0; round < 5; round++) {
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
          calls.add(client.getString(server.url("/" + round + "/" + i)));
        }
        Eventually.holds(
            () -> hanging.availablePermits() == CALLS, () -> "all to hang", Liveness.LIMIT);
        hanging.drainPermits();
        calls.forEach(call -> call.cancel(true));
        Quiet.assertNothingHeld(client, Liveness.LIMIT);
      }
    }
  }

  private static void assertSurvives(Script script, long seed) {
    try (ScriptedServer server = ScriptedServer.start(script);
        AsyncHttpClient client = narrow().build()) {
      sendAndCancelSome(client, server, new Random(seed));
      assertAllIsBack(client, server);
    }
  }

  private static AsyncHttpClient.Builder narrow() {
    return AsyncHttpClient.builder().maxConcurrency(4).maxConcurrencyPerHost(4);
  }

  private static void sendAndCancelSome(
      AsyncHttpClient client, ScriptedServer server, Random random) {
    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      calls.add(client.getString(server.url("/" + i)));
      if (random.nextInt(4) == 0) {
        calls.get(random.nextInt(calls.size())).cancel(true);
      }
    }
    calls.forEach(Liveness::assertEndsTyped);
  }

  private static void assertAllIsBack(AsyncHttpClient client, ScriptedServer server) {
    Quiet.assertNothingHeld(client, Liveness.LIMIT);
    assertThat(Awaited.value(client.getString(server.url("/last")), Liveness.LIMIT))
        .isEqualTo("ok");
    Quiet.assertNothingHeld(client, Liveness.LIMIT);
    Liveness.assertShutsDown(client, Duration.ofSeconds(5));
  }
}
