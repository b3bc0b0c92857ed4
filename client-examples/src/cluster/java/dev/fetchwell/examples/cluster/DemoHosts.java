package dev.fetchwell.examples.cluster;

import dev.fetchwell.examples.demo.DemoExchange;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.demo.Route;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Several demo servers, each a host of its own for the client's limits. {@link #main} runs them in
 * a process of their own; it prints their addresses, and then how many requests came.
 */
final class DemoHosts implements AutoCloseable {

  private static final int HOSTS = 12;
  private static final int PRINT_EVERY = 1_000;
  private static final Duration WORK = Duration.ofMillis(20);

  private final AtomicInteger requests = new AtomicInteger();
  private final List<DemoServer> servers =
      IntStream.range(0, HOSTS).mapToObj(host -> DemoServer.start()).toList();

  private DemoHosts(boolean printing) {
    servers.forEach(server -> addRoutes(server, printing));
  }

  static DemoHosts start() {
    return new DemoHosts(false);
  }

  /** Until the process is ended. */
  public static void main(String[] args) throws InterruptedException {
    try (DemoHosts hosts = new DemoHosts(true)) {
      hosts.urls().forEach(url -> System.out.println("host " + url));
      Thread.currentThread().join();
    }
  }

  List<String> urls() {
    return servers.stream().map(DemoServer::baseUrl).toList();
  }

  private void addRoutes(DemoServer server, boolean printing) {
    AtomicInteger ofThis = new AtomicInteger();
    Set<String> seen = ConcurrentHashMap.newKeySet();
    Route answer =
        exchange -> {
          ofThis.incrementAndGet();
          int inAll = requests.incrementAndGet();
          if (printing && inAll % PRINT_EVERY == 0) {
            System.out.println("requests " + inAll);
          }
          answer(exchange, seen.add(exchange.request().path()));
        };
    server
        .routes()
        .add("/counts", exchange -> exchange.json(200, counts(server, ofThis)))
        .add("/work/{kind}/{n}", answer)
        .add("/trouble/{kind}/{n}", answer);
  }

  /** Of what runs at once without /trouble, whose end the client may see before the server does. */
  private static Map<String, Integer> counts(DemoServer server, AtomicInteger requests) {
    return Map.of("requests", requests.get(), "mostAtOnce", server.maxConcurrency("/work"));
  }

  private static void answer(DemoExchange exchange, boolean first) throws IOException {
    switch (exchange.variable("kind")) {
      case "gone" -> exchange.error(404, "gone for good");
      case "reset" -> exchange.reset();
      case "stalled" -> exchange.stall();
      case "flaky" -> {
        if (first) {
          exchange.error(503, "later, please");
        } else {
          exchange.json(200, Map.of("path", exchange.request().path()));
        }
      }
      default -> {
        exchange.pause(WORK);
        exchange.json(200, Map.of("path", exchange.request().path()));
      }
    }
  }

  @Override
  public void close() {
    servers.forEach(DemoServer::close);
  }
}
