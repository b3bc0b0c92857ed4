package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** The users, numbered from 1 to 1,000. A POST is answered with 201, but nothing is kept. */
final class UserRoutes {

  static final int COUNT = 1_000;

  private static final List<String> NAMES =
      List.of("Ada", "Grace", "Edsger", "Barbara", "Alan", "Radia", "Donald", "Frances");

  private static final AtomicInteger NEXT_ID = new AtomicInteger(COUNT);

  private UserRoutes() {}

  static void addTo(Routes routes) {
    routes.add("/users", UserRoutes::all);
    routes.add("/users/{id}", UserRoutes::one);
  }

  private static void all(DemoExchange exchange) throws IOException {
    if (exchange.request().method().equals("POST")) {
      int id = NEXT_ID.incrementAndGet();
      exchange.header("Location", "/users/" + id).json(201, user(id));
    } else {
      Page.answer(exchange, COUNT, UserRoutes::user);
    }
  }

  private static void one(DemoExchange exchange) throws IOException {
    int id = Integer.parseInt(exchange.variable("id"));
    if (id < 1 || id > COUNT) {
      exchange.error(404, "no user " + id);
    } else if (exchange.request().method().equals("DELETE")) {
      exchange.empty(204);
    } else {
      exchange.json(200, user(id));
    }
  }

  private static User user(int id) {
    String name = NAMES.get(id % NAMES.size());
    return new User(id, name, name.toLowerCase(Locale.ROOT) + id + "@example.com");
  }

  record User(int id, String name, String email) {}
}
