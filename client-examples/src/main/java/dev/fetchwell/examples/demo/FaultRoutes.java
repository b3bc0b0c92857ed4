package dev.fetchwell.examples.demo;

/** Servers at their worst: no answer, half an answer, a cut connection. */
final class FaultRoutes {

  private FaultRoutes() {}

  static void addTo(Routes routes) {
    routes.add("/stalled", DemoExchange::stall);
    routes.add("/reset", DemoExchange::reset);
    routes.add("/missing", exchange -> exchange.error(404, "nothing at /missing"));
    routes.add(
        "/broken-json",
        exchange -> exchange.text(200, "application/json", "{\"id\": 7, \"name\": \"Ad"));
  }
}
