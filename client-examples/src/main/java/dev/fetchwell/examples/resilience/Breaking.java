package dev.fetchwell.examples.resilience;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.CircuitOpenError;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Errors;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.examples.quickstart.Section;
import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A host that fails is left alone for a while. */
final class Breaking implements Section {

  private static final int FAILURES = 5;

  @Override
  public String title() {
    return "Circuit breaker: a host that fails is left alone";
  }

  @Override
  public void show(DemoServer server, Report report) {
    CircuitBreakerPolicy policy =
        CircuitBreakerPolicy.builder()
            .slidingWindow(10)
            .minimumCalls(FAILURES)
            .openFor(Duration.ofMillis(500))
            .trialCalls(1)
            .build();
    try (AsyncHttpClient client =
        Recorded.builder().baseUrl(server.baseUrl()).circuitBreaker(policy).build()) {
      for (int i = 0; i < FAILURES; i++) {
        Errors.of(client.get("/status/503").noRetry());
      }
      report.error(
          CircuitOpenError.class,
          "after 5 failures it is open",
          () -> Errors.of(client.get("/users/7")),
          error -> !error.retryAfter().isNegative());
      report.claim("and nothing was sent", server.requests("/users/7") == 0);
      report.claimSoon("half a second later a trial goes through", () -> succeeds(client));
      report.claim(
          "and closes it: " + client.stats().resilience().breakers(),
          client.stats().resilience().breakers().containsValue(CircuitState.CLOSED));
    }
  }

  private static boolean succeeds(AsyncHttpClient client) {
    CompletableFuture<String> call = client.getString("/users/7");
    return call.handle((text, thrown) -> thrown == null).join();
  }
}
