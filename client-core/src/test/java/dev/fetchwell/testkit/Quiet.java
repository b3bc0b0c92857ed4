package dev.fetchwell.testkit;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.SystemTimer;
import io.github.resilience4j.bulkhead.Bulkhead;
import java.time.Duration;

/** That a client has given back all that its calls took, at most a moment after they ended. */
public final class Quiet {

  private Quiet() {}

  /** No call, no place in a queue, no connection and no permit is taken, and no timer runs. */
  public static void assertNothingLeft(AsyncHttpClient client) {
    assertNoCall(client, Eventually.LIMIT);
    assertNoConnectionInUse(client, Eventually.LIMIT);
    SystemTimer timer = (SystemTimer) Platform.system().timer();
    Eventually.holds(() -> timer.pending() == 0, "no timer");
    assertNoPermit(client, Duration.ZERO);
  }

  /** All permits are back, those of resilience4j's twins too, and nobody waits for one. */
  public static void assertNothingHeld(AsyncHttpClient client, Duration limit) {
    assertNoCall(client, limit);
    assertNoPermit(client, limit);
  }

  /** Open connections are idle. */
  public static void assertNoConnectionInUse(AsyncHttpClient client, Duration limit) {
    Eventually.holds(
        () -> client.stats().openConnections() == client.stats().idleConnections(),
        () -> "no open connection but idle ones, is " + client.stats(),
        limit);
  }

  private static void assertNoCall(AsyncHttpClient client, Duration limit) {
    Eventually.holds(
        () -> client.stats().inFlight() == 0 && client.stats().queued() == 0,
        () -> "no call in flight or queued, is " + client.stats(),
        limit);
  }

  private static void assertNoPermit(AsyncHttpClient client, Duration limit) {
    for (Bulkhead twin : client.bulkheads().getAllBulkheads()) {
      Bulkhead.Metrics metrics = twin.getMetrics();
      Eventually.holds(
          () -> metrics.getAvailableConcurrentCalls() == metrics.getMaxAllowedConcurrentCalls(),
          () -> "all permits back in resilience4j's bulkhead " + twin.getName(),
          limit);
    }
  }
}
