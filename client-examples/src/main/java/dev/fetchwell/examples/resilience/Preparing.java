package dev.fetchwell.examples.resilience;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.examples.quickstart.Section;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/** What every request carries: what is left of its time, a number, a signature. */
final class Preparing implements Section {

  @Override
  public String title() {
    return "Deadline header, filters, hooks: what every request carries";
  }

  @Override
  public void show(DemoServer server, Report report) {
    try (AsyncHttpClient client =
        Recorded.builder()
            .baseUrl(server.baseUrl())
            .deadlineHeader("X-Deadline-Ms")
            .beforeCall(spec -> spec.header("X-Caller", Thread.currentThread().getName()))
            .filter(
                (request, attempt) ->
                    CompletableFuture.completedFuture(
                        request.withHeader("X-Signed", signature(request.url().getPath()))))
            .build()) {
      JsonNode echo =
          report.call(
              "client.get(\"/echo\").timeout(3 s).asJson()",
              () -> client.get("/echo").timeout(Duration.ofSeconds(3)).asJson());
      int left = Integer.parseInt(header(echo, "X-Deadline-Ms"));
      report.claim(
          "the server is told how long it has: " + left + " ms", left > 0 && left <= 3_000);
      report.claim(
          "and which thread called: " + header(echo, "X-Caller"),
          header(echo, "X-Caller").equals(Thread.currentThread().getName()));
      report.claim(
          "and the request is signed: " + header(echo, "X-Signed"),
          header(echo, "X-Signed").equals(signature("/echo")));
    }
  }

  private static String header(JsonNode echo, String name) {
    return echo.path("headers").properties().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(header -> header.getValue().path(0).asString(""))
        .findFirst()
        .orElse("-1");
  }

  private static String signature(String path) {
    return Integer.toHexString(path.hashCode());
  }
}
