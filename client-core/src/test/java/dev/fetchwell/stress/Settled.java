package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.SystemTimer;
import dev.fetchwell.observe.ClientStats;
import io.github.resilience4j.bulkhead.Bulkhead;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what ends a moment after the futures do, and finds what is left behind. */
final class Settled {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private Settled() {}

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("expected within " + LIMIT + ": " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** All permits are back, also those of resilience4j's twins; no place in the queue is taken. */
  static void assertNothingHeld(AsyncHttpClient client) {
    await("no call in flight", () -> client.stats().inFlight() == 0);
    await("no call queued", () -> client.stats().queued() == 0);
    await("no connection in use", () -> allIdle(client.stats()));
    await("no timer", () -> ((SystemTimer) Platform.system().timer()).pending() == 0);
    for (Bulkhead twin : client.bulkheads().getAllBulkheads()) {
      Bulkhead.Metrics metrics = twin.getMetrics();
      assertThat(metrics.getAvailableConcurrentCalls())
          .isEqualTo(metrics.getMaxAllowedConcurrentCalls());
    }
  }

  private static boolean allIdle(ClientStats stats) {
    return stats.openConnections() == stats.idleConnections();
  }
}
