package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/** The orders, three for each user: user 7 has the orders 19, 20 and 21. */
final class OrderRoutes {

  private static final int PER_USER = 3;
  private static final int COUNT = UserRoutes.COUNT * PER_USER;

  private OrderRoutes() {}

  static void addTo(Routes routes) {
    routes.add("/orders", exchange -> Page.answer(exchange, COUNT, OrderRoutes::order));
    routes.add("/orders/{id}", OrderRoutes::one);
    routes.add("/users/{id}/orders", OrderRoutes::ofUser);
  }

  private static void one(DemoExchange exchange) throws IOException {
    int id = Integer.parseInt(exchange.variable("id"));
    if (id < 1 || id > COUNT) {
      exchange.error(404, "no order " + id);
    } else {
      exchange.json(200, order(id));
    }
  }

  private static void ofUser(DemoExchange exchange) throws IOException {
    int user = Integer.parseInt(exchange.variable("id"));
    if (user < 1 || user > UserRoutes.COUNT) {
      exchange.error(404, "no user " + user);
      return;
    }
    int first = (user - 1) * PER_USER + 1;
    List<Order> orders =
        IntStream.range(first, first + PER_USER).mapToObj(OrderRoutes::order).toList();
    exchange.json(200, orders);
  }

  private static Order order(int id) {
    return new Order(id, (id - 1) / PER_USER + 1, "article-" + id % 50, 100 + id % 900);
  }

  record Order(int id, int userId, String article, int cents) {}
}
