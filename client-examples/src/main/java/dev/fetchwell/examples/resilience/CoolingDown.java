package dev.fetchwell.examples.resilience;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.RateLimitExceededError;
import dev.fetchwell.error.RateLimitedError;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Errors;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.examples.quickstart.Section;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.policy.CoolDown;
import java.time.Duration;

/** One answer that asks to be left alone keeps all calls away. */
final class CoolingDown implements Section {

  @Override
  public String title() {
    return "Cool-down: one 429 keeps all calls away";
  }

  @Override
  public void show(DemoServer server, Report report) {
    try (AsyncHttpClient client =
        Recorded.builder().baseUrl(server.baseUrl()).coolDown(CoolDown.perHost()).build()) {
      report.error(
          RateLimitedError.class,
          "one call is told to come back in a second",
          () -> Errors.of(client.get("/limited/cool-down?after=1").noRetry()),
          error -> error.retryAfter().isPresent());
      int before = server.requests("/users/8");
      report.error(
          RateLimitExceededError.class,
          "another one that cannot wait so long fails at once",
          () -> Errors.of(client.get("/users/8").timeout(Duration.ofMillis(300))),
          error -> server.requests("/users/8") == before);
      FetchResponse response =
          report.call(
              "client.get(\"/users/8\").asResponse()   // waits, without a permit",
              () -> client.get("/users/8").asResponse());
      report.claim(
          "one that can, waits: one attempt, and it succeeded",
          response.attempts() == 1 && response.elapsed().toMillis() >= 500);
    }
  }
}
