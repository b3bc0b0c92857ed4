package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A service that knows the segments of customers: a POST of <code>{"ids": [...]}</code> is answered
 * with <code>{"segments": [...]}</code>. Every twentieth request fails. Thread-safe.
 */
public final class DemoSegments implements Route {

  private static final List<String> SEGMENTS = List.of("bronze", "silver", "gold");
  private static final JsonMapper JSON = new JsonMapper();

  private final AtomicInteger requests = new AtomicInteger();
  private volatile int held = Integer.MAX_VALUE;

  /** What this service says about a customer. */
  public static String segment(long id) {
    return SEGMENTS.get((int) Math.floorMod(id * 31 + id / 7, (long) SEGMENTS.size()));
  }

  /** Requests after this many get no answer, until this is called again. */
  public void holdAfter(int answered) {
    held = answered;
  }

  @Override
  public void handle(DemoExchange exchange) throws IOException {
    int number = requests.incrementAndGet();
    while (number > held) {
      exchange.pause(Duration.ofMillis(10));
    }
    if (number % 20 == 0) {
      exchange.error(503, "busy, try again");
      return;
    }
    List<String> segments = new ArrayList<>();
    for (JsonNode id : JSON.readTree(exchange.request().text()).path("ids")) {
      segments.add(segment(id.asLong()));
    }
    exchange.json(200, Map.of("segments", segments));
  }
}
