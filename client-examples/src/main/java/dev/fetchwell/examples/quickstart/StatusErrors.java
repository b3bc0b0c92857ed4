package dev.fetchwell.examples.quickstart;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.RateLimitedError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.examples.demo.DemoServer;
import java.time.Duration;
import java.util.Optional;

/** A final status from 400 on. */
public final class StatusErrors implements Section {

  @Override
  public String title() {
    return "Errors as values: statuses";
  }

  @Override
  public void show(DemoServer server, Report report) {
    try (AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.baseUrl()).build()) {
      report.error(
          ClientStatusError.class,
          "404: not worth a retry",
          () -> Errors.of(client.get("/missing")),
          error -> error.status() == 404 && error.attempts() == 1);
      report.error(
          RateLimitedError.class,
          "429 with Retry-After: 120, which is too long to wait",
          () -> Errors.of(client.get("/limited/strict?after=120")),
          error ->
              error.attempts() == 1
                  && error.retryAfter().map(Duration::toSeconds).equals(Optional.of(120L)));
      report.error(
          ServerStatusError.class,
          "500 three times; the earlier errors are suppressed ones",
          () -> Errors.of(client.get("/status/500")),
          error ->
              error.status() == 500 && error.attempts() == 3 && error.getSuppressed().length == 2);
    }
  }
}
