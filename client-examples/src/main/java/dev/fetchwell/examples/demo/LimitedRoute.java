package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Turns the first request for a name away for {@code after} seconds, then tells how long the client
 * waited.
 */
final class LimitedRoute implements Route {

  private final Map<String, Long> refusedAt = new ConcurrentHashMap<>();

  @Override
  public void handle(DemoExchange exchange) throws IOException {
    String name = exchange.variable("name");
    long now = System.nanoTime();
    Long refused = refusedAt.putIfAbsent(name, now);
    if (refused == null) {
      long seconds = exchange.request().number("after", 1);
      exchange.header("Retry-After", Long.toString(seconds)).error(429, "too many requests");
    } else {
      long waited = Duration.ofNanos(now - refused).toMillis();
      exchange.json(200, Map.of("name", name, "waitedMillis", waited));
    }
  }
}
