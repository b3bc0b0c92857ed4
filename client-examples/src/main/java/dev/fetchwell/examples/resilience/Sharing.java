package dev.fetchwell.examples.resilience;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.examples.quickstart.Section;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Identical calls at the same time are one on the wire. */
final class Sharing implements Section {

  private static final int CALLERS = 100;

  @Override
  public String title() {
    return "One flight: identical calls share one on the wire";
  }

  @Override
  public void show(DemoServer server, Report report) {
    try (AsyncHttpClient client =
        Recorded.builder().baseUrl(server.baseUrl()).singleFlight(true).build()) {
      int before = server.requests("/slow");
      List<CompletableFuture<String>> calls =
          IntStream.range(0, CALLERS).mapToObj(i -> client.getString("/slow?ms=400")).toList();
      calls.get(0).cancel(false);
      long answers =
          calls.stream().filter(call -> call.handle((text, t) -> t == null).join()).count();
      report.claim(
          CALLERS + " callers, one of whom left: " + answers + " answers", answers == CALLERS - 1);
      report.claim("and one request", server.requests("/slow") - before == 1);
      report.claim(
          "shared by the others: " + client.stats().resilience().joined(),
          client.stats().resilience().joined() == CALLERS - 1);
    }
  }
}
