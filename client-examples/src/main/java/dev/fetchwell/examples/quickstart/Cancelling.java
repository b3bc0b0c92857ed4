package dev.fetchwell.examples.quickstart;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** {@code cancel} reaches a call wherever it is. */
public final class Cancelling implements Section {

  @Override
  public String title() {
    return "Cancelling";
  }

  @Override
  public void show(DemoServer server, Report report) {
    RetryPolicy late = RetryPolicy.builder().backoff(Backoff.fixed(Duration.ofSeconds(5))).build();
    try (AsyncHttpClient client =
        AsyncHttpClient.builder().baseUrl(server.baseUrl()).maxConcurrency(1).retry(late).build()) {
      int abandoned = server.abandoned("/stalled");
      int answered = server.requests("/users/7");

      CompletableFuture<String> onTheWire = client.getString("/stalled");
      CompletableFuture<String> inTheQueue = client.getString("/users/7");
      report.claimSoon(
          "one call is on the wire, another waits for its permit",
          () -> client.stats().inFlight() == 1 && client.stats().queued() == 1);
      inTheQueue.cancel(false);
      report.claim("cancelled in the queue, it gives up its place", client.stats().queued() == 0);
      report.claimSoon("the server has the other", () -> server.requests("/stalled") > abandoned);
      onTheWire.cancel(false);
      report.claimSoon(
          "cancelled on the wire, the server sees it hang up",
          () -> server.abandoned("/stalled") == abandoned + 1);

      CompletableFuture<String> beforeRetry = client.getString("/status/503");
      report.claimSoon(
          "a third call waits for its retry, and holds no permit meanwhile",
          () -> client.stats().retries() == 1 && client.stats().inFlight() == 0);
      beforeRetry.cancel(false);
      report.claim(
          "cancelled before the retry, it is over",
          beforeRetry.isCancelled() && server.requests("/status/503") == 1);
      report.claimSoon(
          "nothing is left, and the call that was queued was never sent",
          () -> client.stats().inFlight() == 0 && server.requests("/users/7") == answered);
    }
  }
}
