package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Answers with the request itself, so that an example can show what went over the wire. */
final class EchoRoute implements Route {

  @Override
  public void handle(DemoExchange exchange) throws IOException {
    DemoRequest request = exchange.request();
    exchange.json(
        200, new Echo(request.method(), request.path(), request.headers(), request.text()));
  }

  record Echo(String method, String path, Map<String, List<String>> headers, String body) {}
}
