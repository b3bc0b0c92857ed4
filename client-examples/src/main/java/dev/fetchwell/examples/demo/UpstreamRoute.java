package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** A service behind a gateway: answers after {@code ms}, with {@code status}. */
final class UpstreamRoute implements Route {

  @Override
  public void handle(DemoExchange exchange) throws IOException {
    long millis = exchange.request().number("ms", 200);
    int status = (int) exchange.request().number("status", 200);
    exchange.pause(Duration.ofMillis(millis));
    String service = exchange.variable("service");
    if (status == 200) {
      exchange.json(200, Map.of("service", service, "items", service.length()));
    } else {
      exchange.error(status, service + " has a bad day");
    }
  }
}
