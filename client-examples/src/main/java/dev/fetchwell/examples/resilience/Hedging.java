package dev.fetchwell.examples.resilience;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.examples.quickstart.Section;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.policy.HedgePolicy;
import java.time.Duration;

/** A slow attempt gets another one beside it. */
final class Hedging implements Section {

  @Override
  public String title() {
    return "Hedging: a slow attempt gets another one beside it";
  }

  @Override
  public void show(DemoServer server, Report report) {
    HedgePolicy policy = HedgePolicy.after(Duration.ofMillis(100)).budget(1);
    try (AsyncHttpClient client =
        Recorded.builder().baseUrl(server.baseUrl()).hedge(policy).build()) {
      FetchResponse response =
          report.call(
              "client.get(\"/slow-once/hedge?ms=5000\").asResponse()",
              () -> client.get("/slow-once/hedge?ms=5000").asResponse());
      report.claim(
          "the second attempt answered, without waiting for the first to time out",
          response.attempts() == 2 && response.elapsed().toMillis() < 4_000);
      report.claim(
          "one was sent, and won",
          client.stats().resilience().hedges() == 1
              && client.stats().resilience().hedgesWon() == 1);
      report.claimSoon(
          "the server saw the first one being given up",
          () -> server.abandoned("/slow-once/hedge") == 1);
    }
  }
}
