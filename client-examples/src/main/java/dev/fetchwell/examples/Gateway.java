package dev.fetchwell.examples;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Outcome;
import dev.fetchwell.batch.TaskGroup;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Report;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * One answer gathered from several services in a {@link TaskGroup}: it takes as long as the slowest
 * of them. What is optional has a fallback; if anything else fails, the whole fails at once and the
 * other calls are cancelled.
 */
@Command(
    name = "Gateway",
    mixinStandardHelpOptions = true,
    description = "Gathers one answer from several services, in the time of the slowest.")
public final class Gateway implements Callable<Integer> {

  private static final Duration OPTIONAL_TIMEOUT = Duration.ofSeconds(1);
  private static final JsonNode FALLBACK = JsonNodeFactory.instance.objectNode();

  @Option(
      names = "--url",
      description = "A service that must answer, with JSON; repeatable. Default: a demo server.")
  private List<String> urls = new ArrayList<>();

  @Option(names = "--optional", description = "A service with a fallback; repeatable.")
  private List<String> optionalUrls = new ArrayList<>();

  private final PrintStream out;

  Gateway(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    Launcher.main(new Gateway(System.out), args);
  }

  /** A service, and whether the answer is of use without it. */
  private record Service(String name, String url, boolean optional) {}

  @Override
  public Integer call() {
    if (urls.isEmpty() && optionalUrls.isEmpty()) {
      return demo();
    }
    List<Service> services = new ArrayList<>();
    urls.forEach(url -> services.add(new Service(url, url, false)));
    optionalUrls.forEach(url -> services.add(new Service(url, url, true)));
    try (AsyncHttpClient client = Recorded.client()) {
      timed("one after another", () -> oneByOne(client, services));
      timed("in a task group", () -> together(client, services));
    }
    return 0;
  }

  private static Map<String, JsonNode> together(AsyncHttpClient client, List<Service> services) {
    Map<String, CompletableFuture<JsonNode>> needed = new LinkedHashMap<>();
    Map<String, CompletableFuture<Outcome<JsonNode>>> optional = new LinkedHashMap<>();
    try (TaskGroup group = TaskGroup.open()) {
      for (Service service : services) {
        if (service.optional()) {
          optional.put(service.name(), group.fork(() -> tryIt(client, service)));
        } else {
          needed.put(service.name(), group.fork(() -> client.getJson(service.url())));
        }
      }
      group.join();
    }
    Map<String, JsonNode> parts = new LinkedHashMap<>();
    needed.forEach((name, part) -> parts.put(name, part.join()));
    optional.forEach((name, part) -> parts.put(name, part.join().orElse(FALLBACK)));
    return parts;
  }

  /** An outcome never fails the group; and nobody waits long for what is not needed. */
  private static CompletableFuture<Outcome<JsonNode>> tryIt(
      AsyncHttpClient client, Service service) {
    return client.get(service.url()).timeout(OPTIONAL_TIMEOUT).noRetry().asOutcome(JsonNode.class);
  }

  private static Map<String, JsonNode> oneByOne(AsyncHttpClient client, List<Service> services) {
    Map<String, JsonNode> parts = new LinkedHashMap<>();
    services.forEach(service -> parts.putAll(together(client, List.of(service))));
    return parts;
  }

  private long timed(String how, Supplier<Map<String, JsonNode>> gathering) {
    long start = System.nanoTime();
    Map<String, JsonNode> parts = gathering.get();
    long millis = (System.nanoTime() - start) / 1_000_000;
    out.println(how + ": " + parts.size() + " parts in " + millis + " ms");
    parts.forEach((name, part) -> out.println("    " + name + ": " + part));
    return millis;
  }

  private int demo() {
    Report report = new Report(out);
    try (DemoServer server = DemoServer.start();
        AsyncHttpClient client = Recorded.builder().baseUrl(server.baseUrl()).build()) {
      List<Service> services = services("", "", "");
      together(client, services); // Classes are loaded and connections open from here on.
      long sequential = timed("one after another", () -> oneByOne(client, services));
      long concurrent = timed("in a task group", () -> together(client, services));
      for (int again = 0; again < 4 && concurrent >= 300; again++) { // The machine may be busy.
        concurrent = Math.min(concurrent, timed("again", () -> together(client, services)));
      }
      report.claim(
          "five services of 200 ms: " + concurrent + " ms together, " + sequential + " ms in turn",
          concurrent >= 200 && concurrent * 2 < sequential);

      Map<String, JsonNode> parts = together(client, services("", "", "?status=503"));
      report.claim(
          "the optional one fails: its fallback, and the other four as they are",
          parts.size() == 5
              && FALLBACK.equals(parts.get("suggestions"))
              && parts.values().stream().filter(part -> part.has("service")).count() == 4);

      failAsAWhole(client, server, report);
    }
    return report.end() ? 0 : 1;
  }

  private void failAsAWhole(AsyncHttpClient client, DemoServer server, Report report) {
    try {
      together(client, services("?status=404", "?ms=10000", ""));
      report.claim("a needed service fails, and so does the whole", false);
    } catch (FetchError error) {
      out.println("  " + error.getMessage());
      report.claim(
          "a needed service fails, and so does the whole, with its error",
          error instanceof ClientStatusError failed && failed.status() == 404);
    }
    report.claimSoon(
        "a slow call beside it is cancelled, which the server notices",
        () -> server.abandoned("/upstream/stock") == 1);
  }

  private static List<Service> services(String profile, String stock, String suggestions) {
    return List.of(
        new Service("profile", "/upstream/profile" + profile, false),
        new Service("orders", "/upstream/orders", false),
        new Service("invoices", "/upstream/invoices", false),
        new Service("stock", "/upstream/stock" + stock, false),
        new Service("suggestions", "/upstream/suggestions" + suggestions, true));
  }
}
