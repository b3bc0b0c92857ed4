package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.util.Map;

/** Answers with the status that its path names. */
final class StatusRoute implements Route {

  @Override
  public void handle(DemoExchange exchange) throws IOException {
    int status = Integer.parseInt(exchange.variable("code"));
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status: " + status + " (expected: 200 to 599)");
    }
    if (status == 204 || status == 304) {
      exchange.empty(status);
    } else {
      exchange.json(status, Map.of("status", status));
    }
  }
}
