package dev.fetchwell.examples.resilience;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.error.RateLimitExceededError;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Errors;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.examples.quickstart.Section;
import dev.fetchwell.policy.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Calls are spread evenly over time. */
final class Pacing implements Section {

  private static final int CALLS = 21;

  @Override
  public String title() {
    return "Rate limit: calls are spread evenly";
  }

  @Override
  public void show(DemoServer server, Report report) {
    try (AsyncHttpClient client =
        Recorded.builder()
            .baseUrl(server.baseUrl())
            .rateLimitPerHost(RateLimit.perSecond(50))
            .build()) {
      List<String> paths = IntStream.range(1, CALLS + 1).mapToObj(i -> "/users/" + i).toList();
      long start = System.nanoTime();
      List<String> users = Batch.of(paths, client::getString).all().join();
      long millis = (System.nanoTime() - start) / 1_000_000;
      report.claim(
          CALLS + " calls at 50 a second took " + millis + " ms",
          users.size() == CALLS && millis >= 380);

      List<CompletableFuture<String>> crowd = paths.stream().map(client::getString).toList();
      report.error(
          RateLimitExceededError.class,
          "who could not go before its deadline fails at once",
          () -> Errors.of(client.get("/users/7").timeout(Duration.ofMillis(100))),
          error -> error.retryAfter().toMillis() > 100);
      crowd.forEach(call -> call.cancel(false));
    }
  }
}
