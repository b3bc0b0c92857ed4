package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Pages of {@link DemoSite} that fail with 503 the first time. */
final class FlakyPages implements Route {

  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  @Override
  public void handle(DemoExchange exchange) throws IOException {
    if (seen.add(exchange.request().path())) {
      exchange.error(503, "later, please");
    } else {
      DemoSite.leaf(exchange);
    }
  }
}
