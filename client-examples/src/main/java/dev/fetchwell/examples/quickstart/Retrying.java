package dev.fetchwell.examples.quickstart;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.http.FetchResponse;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** Trouble that the caller never sees, and the trouble that must not be hidden. */
public final class Retrying implements Section {

  @Override
  public String title() {
    return "Retrying what is safe";
  }

  @Override
  public void show(DemoServer server, Report report) {
    try (AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.baseUrl()).build()) {
      retry(client, server, report);
      rateLimit(client, report);
      attemptTimeout(client, server, report);
      idempotency(client, server, report);
      report.done("client.stats() = " + client.stats());
      report.claim("5 retries in all", client.stats().retries() == 5);
    }
  }

  private static void retry(AsyncHttpClient client, DemoServer server, Report report) {
    FetchResponse response =
        report.call(
            "client.get(\"/flaky/report?fails=2\").asResponse()   // 503, 503, 200",
            () -> client.get("/flaky/report?fails=2").asResponse());
    report.claim(
        "attempt 3 succeeded, and the server saw 3 requests",
        response.status() == 200
            && response.attempts() == 3
            && server.requests("/flaky/report") == 3);
  }

  private static void rateLimit(AsyncHttpClient client, Report report) {
    JsonNode answer =
        report.call(
            "client.getJson(\"/limited/api?after=1\")   // 429, Retry-After: 1",
            () -> client.getJson("/limited/api?after=1"));
    report.claim(
        "by the server's clock the client stayed away for the second that it was told",
        answer.path("waitedMillis").asInt() >= 1_000);
  }

  private static void attemptTimeout(AsyncHttpClient client, DemoServer server, Report report) {
    FetchResponse response =
        report.call(
            "client.get(\"/slow-once/job?ms=5000\").attemptTimeout(300 ms).asResponse()",
            () ->
                client
                    .get("/slow-once/job?ms=5000")
                    .attemptTimeout(Duration.ofMillis(300))
                    .asResponse());
    report.claim(
        "attempt 2 answered, long before the first one would have",
        response.attempts() == 2 && response.elapsed().toMillis() < 4_000);
    report.claimSoon(
        "the server saw the first attempt being given up",
        () -> server.abandoned("/slow-once/job") == 1);
  }

  private static void idempotency(AsyncHttpClient client, DemoServer server, Report report) {
    report.error(
        ServerStatusError.class,
        "a POST that may have been processed is not repeated",
        () -> Errors.of(client.post("/flaky/order?fails=1").json("an order")),
        error -> error.mayHaveBeenProcessed() && server.requests("/flaky/order") == 1);
    FetchResponse response =
        report.call(
            "client.post(\"/flaky/keyed?fails=1\").json(order).idempotencyKey().asResponse()",
            () ->
                client.post("/flaky/keyed?fails=1").json("an order").idempotencyKey().asResponse());
    report.claim(
        "with an Idempotency-Key it is",
        response.attempts() == 2 && server.requests("/flaky/keyed") == 2);
  }
}
