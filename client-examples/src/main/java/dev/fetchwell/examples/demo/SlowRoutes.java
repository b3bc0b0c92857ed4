package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Answers that come late, always or the first time only. */
final class SlowRoutes {

  private SlowRoutes() {}

  static void addTo(Routes routes) {
    routes.add("/slow", exchange -> answerAfter(exchange, exchange.request().number("ms", 300)));
    Set<String> seen = ConcurrentHashMap.newKeySet();
    routes.add(
        "/slow-once/{name}",
        exchange -> {
          boolean first = seen.add(exchange.variable("name"));
          answerAfter(exchange, first ? exchange.request().number("ms", 5_000) : 0);
        });
  }

  private static void answerAfter(DemoExchange exchange, long millis) throws IOException {
    exchange.pause(Duration.ofMillis(millis));
    exchange.json(200, Map.of("waitedMillis", millis));
  }
}
