package dev.fetchwell.examples.quickstart;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.demo.DemoServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Many calls at once, of which the server sees only as many as it can take. */
public final class Crowd implements Section {

  private static final int CALLS = 200;
  private static final int LIMIT = 20;

  @Override
  public String title() {
    return CALLS + " calls at once, under a limit of " + LIMIT;
  }

  @Override
  public void show(DemoServer server, Report report) {
    try (AsyncHttpClient client =
        AsyncHttpClient.builder().baseUrl(server.baseUrl()).maxConcurrency(LIMIT).build()) {
      List<CompletableFuture<String>> calls =
          IntStream.range(0, CALLS).mapToObj(i -> client.getString("/slow?ms=50")).toList();
      report.done("all started, none blocked: " + client.stats());
      report.call(
          "CompletableFuture.allOf(calls)   // each takes the server 50 ms",
          () ->
              CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
                  .thenApply(nothing -> calls.size() + " answers"));

      int largest = server.maxConcurrency("/slow");
      report.claim(
          "the largest concurrency that the server saw: " + largest,
          largest <= LIMIT && largest > 1);
      report.claim("the server saw " + CALLS + " requests", server.requests("/slow") == CALLS);
      report.claim(
          "all permits are back", client.stats().inFlight() == 0 && client.stats().queued() == 0);
    }
  }
}
