package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testserver.ReceivedRequest;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What arrives at the server: bodies, headers, credentials. */
class RequestsWireTest {

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private ScriptedServer server;

  @BeforeEach
  void startServer() {
    server = wire.server(Scripts.respond(200, ""));
  }

  private ReceivedRequest only() {
    assertThat(server.requests()).hasSize(1);
    return server.requests().get(0);
  }

  private static String basic(String pair) {
    byte[] bytes = pair.getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void formIsUrlEncoded() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", "Ann & Bob");
    fields.put("tag", List.of("a", "ü"));
    value(wire.client().post(server.url("/")).form(fields).asString());
    assertThat(only().text()).isEqualTo("name=Ann+%26+Bob&tag=a&tag=%C3%BC");
    assertThat(only().headers("content-type")).containsExactly("application/x-www-form-urlencoded");
  }

  @Test
  void multipartHasAllItsParts(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("cat \"1\".png"), "meow");
    value(
        wire.client()
            .post(server.url("/"))
            .multipart(
                parts ->
                    parts
                        .field("title", "Grüße")
                        .file("image", file)
                        .part("data\r\nX: 1", "d.bin", "image/png", new byte[] {'x'}))
            .asString());
    String type = String.valueOf(only().header("content-type"));
    assertThat(type).startsWith("multipart/form-data; boundary=");
    String line = "--" + type.substring(type.indexOf('=') + 1);
    String octets = "application/octet-stream";
    assertThat(only().text())
        .isEqualTo(
            String.join(
                "\r\n",
                line,
                "Content-Disposition: form-data; name=\"title\"",
                "",
                "Grüße",
                line,
                "Content-Disposition: form-data; name=\"image\"; filename=\"cat %221%22.png\"",
                "Content-Type: " + octets,
                "",
                "meow",
                line,
                "Content-Disposition: form-data; name=\"data%0D%0AX: 1\"; filename=\"d.bin\"",
                "Content-Type: image/png",
                "",
                "x",
                line + "--",
                ""));
    assertThat(only().headers("content-length")).containsExactly("" + only().body().length);
  }

  @Test
  void fileIsSentAsItIsAndAgainOnARetry(@TempDir Path directory) throws IOException {
    Path file = Files.write(directory.resolve("big"), new byte[1_000_000]);
    ScriptedServer flaky =
        wire.server(Script.inOrder(Scripts.respond(503, ""), Scripts.respond(200, "stored")));
    assertThat(value(wire.client().put(flaky.url("/")).body(file, "image/x-raw").asString()))
        .isEqualTo("stored");
    assertThat(flaky.requests()).hasSize(2).allMatch(each -> each.body().length == 1_000_000);
    assertThat(flaky.requests().get(1).headers("content-type")).containsExactly("image/x-raw");
  }

  @Test
  void mediaTypeOfTheCallerIsSentUnchanged() {
    AsyncHttpClient client = wire.client();
    byte[] body = {'{', '}'};
    value(client.post(server.url("/")).body(body, "Application/X; A=\"b c\"").asString());
    value(client.post(server.url("/")).body(body, "nonsense").asString());
    value(
        client
            .post(server.url("/"))
            .header("Content-Type", "application/ld+json")
            .json(Map.of())
            .asString());
    assertThat(server.requests())
        .extracting(each -> each.headers("content-type"))
        .containsExactly(
            List.of("Application/X; A=\"b c\""),
            List.of("nonsense"),
            List.of("application/ld+json"));
  }

  @Test
  void credentialsAreSentOnce() {
    AsyncHttpClient client = wire.client();
    value(client.get(server.url("/")).bearer("t0k3n").asString());
    value(client.get(server.url("/")).basicAuth("Jürgen", "pass:word").asString());
    String withUser = server.url("/").replace("//", "//me%40home:p%2Bw@");
    value(client.get(withUser).asString());
    value(client.get(withUser).bearer("wins").asString());
    assertThat(server.requests())
        .extracting(each -> each.headers("authorization"))
        .containsExactly(
            List.of("Bearer t0k3n"),
            List.of(basic("Jürgen:pass:word")),
            List.of(basic("me@home:p+w")),
            List.of("Bearer wins"));
    assertThat(server.requests()).allMatch(each -> each.path().equals("/"));
  }

  @Test
  void clientsHeadersGoWithEveryRequestUnlessItSetsItsOwn() {
    AsyncHttpClient client =
        wire.client(b -> b.header("X-A", "client").header("X-B", "client").userAgent("test/1"));
    value(client.get(server.url("/")).header("x-a", "1").header("X-A", "2").asString());
    assertThat(only().headers("X-A")).containsExactly("1", "2");
    assertThat(only().headers("X-B")).containsExactly("client");
    assertThat(only().headers("User-Agent")).containsExactly("test/1");
    assertThat(only().headers("Accept")).isEmpty();
  }

  @Test
  void secretHeaderOfTheClientGoesToItsBaseOnly() {
    ScriptedServer other = wire.server(Scripts.respond(200, ""));
    AsyncHttpClient client =
        wire.client(b -> b.baseUrl(server.url("/api")).secretHeader("X-Secret", "s"));
    value(client.get("/a").asString());
    value(client.get(server.url("/b")).asString());
    value(client.get(other.url("/c")).asString());
    assertThat(server.requests()).allMatch(each -> each.headers("X-Secret").equals(List.of("s")));
    assertThat(other.requests().get(0).headers("X-Secret")).isEmpty();
  }

  @Test
  void idempotencyKeyIsTheSameOnEveryAttempt() {
    ScriptedServer flaky = wire.server(Scripts.respond(503, ""));
    AsyncHttpClient client = wire.client();
    value(client.post(flaky.url("/")).idempotencyKey().asResponse());
    value(client.post(flaky.url("/")).idempotencyKey("mine").asResponse());
    List<String> keys =
        flaky.requests().stream().map(each -> each.headers("Idempotency-Key").get(0)).toList();
    assertThat(keys).hasSize(6);
    assertThat(keys.subList(0, 3)).containsOnly(keys.get(0));
    assertThat(keys.get(0)).hasSizeGreaterThan(20);
    assertThat(keys.subList(3, 6)).containsOnly("mine");
  }

  @Test
  void specCanBeSentAgain() {
    AsyncHttpClient client = wire.client();
    var spec = client.post(server.url("/")).json(Map.of("a", 1)).query("q", "1");
    value(spec.asString());
    value(spec.asResponse());
    assertThat(server.requests()).hasSize(2).allMatch(each -> each.text().equals("{\"a\":1}"));
  }

  @Test
  void copyOfAClientChangesWhatItSaysAndSharesThePool() {
    AsyncHttpClient client = wire.client(b -> b.baseUrl(server.url("/")).header("X-A", "1"));
    AsyncHttpClient copy = wire.adopt(client.toBuilder().header("X-A", "2").build());
    value(client.get("/").asString());
    value(copy.get("/").asString());
    assertThat(server.requests())
        .extracting(each -> each.headers("X-A"))
        .containsExactly(List.of("1"), List.of("2"));
    assertThat(server.acceptedConnections()).isEqualTo(1);
    client.close();
    value(copy.get("/").asString());
  }
}
