package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Outcome;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.testserver.ReceivedRequest;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The headline calls, as a user types them. */
class JsonCallsWireTest {

  private static final String JANE = "{\"name\":\"Jane\",\"age\":42,\"new\":true}";

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  record User(String name, int age) {}

  /** Answers with method, path and body of the request as JSON. */
  private static Script echo() {
    return exchange -> {
      ReceivedRequest request = exchange.request();
      String sent = request.text().isEmpty() ? "null" : request.text();
      String json = "{\"name\":\"" + request.method() + "\",\"age\":1,\"sent\":" + sent + "}";
      exchange.respond(200, Map.of("Content-Type", "application/json"), json);
    };
  }

  @Test
  void getJsonGivesATreeAValueOrAGenericType() {
    ScriptedServer one = wire.server(Scripts.json(JANE));
    ScriptedServer many = wire.server(Scripts.json("[" + JANE + "," + JANE + "]"));
    AsyncHttpClient client = wire.client();
    assertThat(value(client.getJson(one.url("/"))).get("name").asString()).isEqualTo("Jane");
    assertThat(value(client.getJson(one.url("/"), User.class))).isEqualTo(new User("Jane", 42));
    List<User> users = value(client.getJson(many.url("/"), new TypeRef<List<User>>() {}));
    assertThat(users).containsExactly(new User("Jane", 42), new User("Jane", 42));
    assertThat(value(client.get(one.url("/")).asJson(new TypeRef<Map<String, Object>>() {})))
        .containsEntry("age", 42);
    assertThat(one.requests()).allMatch(each -> "application/json".equals(each.header("accept")));
  }

  @Test
  void stringAndBytesAndNothing() {
    ScriptedServer server = wire.server(Scripts.respond(200, "Grüße"));
    AsyncHttpClient client = wire.client();
    assertThat(value(client.getString(server.url("/")))).isEqualTo("Grüße");
    assertThat(value(client.getBytes(server.url("/"))))
        .isEqualTo("Grüße".getBytes(StandardCharsets.UTF_8));
    String ended = value(client.get(server.url("/")).asVoid().thenApply(none -> "ended"));
    assertThat(ended).isEqualTo("ended");
  }

  @Test
  void bodiesAreSentAsJson() {
    ScriptedServer server = wire.server(echo());
    AsyncHttpClient client = wire.client();
    User body = new User("Ann", 7);
    assertThat(value(client.postJson(server.url("/"), body, User.class)).name()).isEqualTo("POST");
    assertThat(value(client.putJson(server.url("/"), body, User.class)).name()).isEqualTo("PUT");
    assertThat(value(client.patchJson(server.url("/"), body, User.class)).name())
        .isEqualTo("PATCH");
    assertThat(server.requests())
        .allSatisfy(
            request -> {
              assertThat(request.text()).isEqualTo("{\"name\":\"Ann\",\"age\":7}");
              assertThat(request.headers("content-type")).containsExactly("application/json");
              assertThat(request.headers("content-length")).containsExactly("22");
            });
  }

  @Test
  void eachVerbArrivesAsItself() {
    ScriptedServer server = wire.server(Scripts.respond(200, ""));
    AsyncHttpClient client = wire.client();
    String url = server.url("/");
    List.of(
            client.get(url),
            client.head(url),
            client.options(url),
            client.delete(url),
            client.post(url),
            client.put(url),
            client.patch(url),
            client.request("PROPFIND", url),
            client.request("X-custom", url))
        .forEach(spec -> value(spec.asBytes()));
    assertThat(server.requests())
        .extracting(ReceivedRequest::method)
        .containsExactly(
            "GET", "HEAD", "OPTIONS", "DELETE", "POST", "PUT", "PATCH", "PROPFIND", "X-custom");
  }

  @Test
  void templatesAndQueriesAreEncoded() {
    ScriptedServer server = wire.server(Scripts.respond(200, ""));
    AsyncHttpClient client = wire.client(b -> b.baseUrl(server.url("/api/v1")));
    value(client.get("/users/{id}/orders", "a/b c?d").asString());
    value(client.get("/search?q={q}", "a&b=ü").query("n", 1).query("n", "x y").asString());
    value(client.get(server.url("/absolute")).asString());
    assertThat(server.requests())
        .extracting(ReceivedRequest::path)
        .containsExactly(
            "/api/v1/users/a%2Fb%20c%3Fd/orders",
            "/api/v1/search?q=a%26b%3D%C3%BC&n=1&n=x%20y", "/absolute");
  }

  @Test
  void statusFromFourHundredOnIsATypedError() {
    ScriptedServer server =
        wire.server(Scripts.respond(404, Map.of("X-Reason", "gone"), "not here"));
    ClientStatusError error =
        failure(wire.client().getJson(server.url("/?key=secret")), ClientStatusError.class);
    assertThat(error.status()).isEqualTo(404);
    assertThat(error.bodyText()).isEqualTo("not here");
    assertThat(error.headers()).containsKey("x-reason");
    assertThat(error.header("x-reason")).contains("gone");
    assertThat(error.method()).isEqualTo("GET");
    assertThat(error.url()).endsWith("/?key=***");
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error).message().doesNotContain("secret");
  }

  @Test
  void outcomeIsAValueWhateverHappens() {
    ScriptedServer server =
        wire.server(Script.inOrder(Scripts.json(JANE), Scripts.respond(400, "no")));
    AsyncHttpClient client = wire.client();
    Outcome<User> good = value(client.get(server.url("/")).asOutcome(User.class));
    assertThat(good.isSuccess()).isTrue();
    assertThat(good.map(User::name).orElseThrow()).isEqualTo("Jane");
    Outcome<User> bad = value(client.get(server.url("/")).asOutcome(User.class));
    assertThat(bad.isSuccess()).isFalse();
    assertThatThrownBy(bad::orElseThrow).isInstanceOf(ClientStatusError.class);
    assertThat(bad.map(User::name).isSuccess()).isFalse();
  }

  @Test
  void cancellingAnOutcomeReachesTheWire() {
    ScriptedServer server = wire.server(Scripts.stall());
    CompletableFuture<Outcome<User>> outcome =
        wire.client().get(server.url("/")).asOutcome(User.class);
    server.awaitRequests(1);
    assertThat(outcome.cancel(true)).isTrue();
  }

  @Test
  void responseIsWholeWhateverItsStatus() {
    String body = "x".repeat(200_000);
    ScriptedServer server =
        wire.server(Script.inOrder(Scripts.respond(404, body), Scripts.respond(500, body)));
    AsyncHttpClient client = wire.client();
    FetchResponse notFound = value(client.get(server.url("/a?b=c")).asResponse());
    assertThat(notFound.status()).isEqualTo(404);
    assertThat(notFound.text()).isEqualTo(body);
    assertThat(notFound.attempts()).isEqualTo(1);
    assertThat(notFound.url()).hasToString(server.url("/a?b=c"));
    FetchResponse failed = value(client.get(server.url("/")).asResponse());
    assertThat(failed.status()).isEqualTo(500);
    assertThat(failed.attempts()).isEqualTo(3);
    assertThat(failed.body()).hasSize(200_000);
    assertThat(failed.elapsed()).isPositive();
    assertThat(server.requests()).hasSize(4);
  }

  @Test
  void failedAttemptsAreSuppressedOnTheLastError() {
    ScriptedServer server =
        wire.server(
            Script.inOrder(
                Scripts.respond(503, "a"), Scripts.respond(502, "b"), Scripts.respond(500, "c")));
    ServerStatusError error =
        failure(wire.client().getString(server.url("/")), ServerStatusError.class);
    assertThat(error.status()).isEqualTo(500);
    assertThat(
            List.of(error.getSuppressed()).stream()
                .map(each -> ((ServerStatusError) each).bodyText())
                .collect(Collectors.joining()))
        .isEqualTo("ab");
    assertThat(error.elapsed()).isPositive();
  }
}
