package dev.fetchwell.examples.quickstart;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.http.TypeRef;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The calls that most programs are made of. */
public final class GettingJson implements Section {

  /** A user of the demo server. */
  public record User(int id, String name, String email) {}

  /** An order of the demo server. */
  public record Order(int id, int userId, String article, int cents) {}

  @Override
  public String title() {
    return "Getting JSON";
  }

  @Override
  public void show(DemoServer server, Report report) {
    try (AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.baseUrl()).build()) {
      JsonNode tree = report.call("client.getJson(\"/users/7\")", () -> client.getJson("/users/7"));
      report.claim("the tree has the id 7", tree.path("id").asInt() == 7);

      User user =
          report.call(
              "client.getJson(\"/users/7\", User.class)",
              () -> client.getJson("/users/7", User.class));
      report.claim("the record has the id 7", user.id() == 7);

      List<Order> orders =
          report.call(
              "client.get(\"/users/{id}/orders\", 7).asJson(new TypeRef<List<Order>>() {})",
              () -> client.get("/users/{id}/orders", 7).asJson(new TypeRef<List<Order>>() {}));
      report.claim(
          "all 3 orders are of user 7",
          orders.size() == 3 && orders.stream().allMatch(order -> order.userId() == 7));

      User ada = new User(0, "Ada", "ada@example.com");
      FetchResponse created =
          report.call(
              "client.post(\"/users\").json(ada).asResponse()",
              () -> client.post("/users").json(ada).asResponse());
      report.claim(
          "status 201, with a Location",
          created.status() == 201 && created.header("location").isPresent());
    }
  }
}
