package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Fails the first {@code fails} requests for a name, then answers with the number of requests it
 * took.
 */
final class FlakyRoute implements Route {

  private final Map<String, Integer> requests = new ConcurrentHashMap<>();

  @Override
  public void handle(DemoExchange exchange) throws IOException {
    String name = exchange.variable("name");
    int number = requests.merge(name, 1, Integer::sum);
    if (number <= exchange.request().number("fails", 2)) {
      int status = (int) exchange.request().number("status", 503);
      exchange.error(status, name + " failed, request " + number);
    } else {
      exchange.json(200, Map.of("name", name, "requests", number));
    }
  }
}
