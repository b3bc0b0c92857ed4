package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Outcome;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class InvalidRequestWireTest {

  private static final String SECRET = "s3cr3t";

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "nonsense",
        "/path/without/base",
        "//host/path",
        "http:",
        "http://",
        "http:///path",
        "http://:80/",
        "http://user@/",
        "http://[::1",
        "http://[zz]/",
        "http://a b/",
        "http://host:99999/",
        "http://host:0/",
        "http://host:port/",
        "http://host/a\r\nX-Injected: 1",
        "http://ho\u0000st/",
        "ftp://127.0.0.1/",
        "file:///etc/hosts",
        "ws://127.0.0.1/",
        "javascript:alert(1)",
        "mailto:a@example.com"
      })
  void malformedOrForeignUrlIsAnErrorInTheFuture(String url) {
    AsyncHttpClient client = wire.client();
    InvalidRequestError error = failure(client.getJson(url), InvalidRequestError.class);
    assertThat(error.attempts()).isZero();
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(client.get(url).asOutcome(JsonNode.class).join())
        .isInstanceOf(Outcome.Failure.class);
    assertThat(client.stats().attempts()).isZero();
  }

  @Test
  void errorOfABadUrlShowsNeitherQueryValuesNorUserInfo() {
    String url = "http://me:" + SECRET + "@host:99999/?token=" + SECRET;
    assertThat(failure(wire.client().getString(url), InvalidRequestError.class))
        .message()
        .contains("host:99999/?***")
        .doesNotContain(SECRET);
  }

  static Stream<Named<UnaryOperator<RequestSpec>>> illegalRequests() {
    String evil = SECRET + "\r\nX-Injected: 1";
    return Stream.of(
        named("CR LF in a header", spec -> spec.header("X-A", evil)),
        named("LF in a header", spec -> spec.header("X-A", SECRET + "\nX-Injected: 1")),
        named("CR in a header", spec -> spec.header("X-A", SECRET + "\rX-Injected: 1")),
        named("NUL in a header", spec -> spec.header("X-A", SECRET + "\0")),
        named("CR LF in a header's name", spec -> spec.header("X-A: 1\r\nX-Injected", SECRET)),
        named("empty header name", spec -> spec.header("", SECRET)),
        named("CR LF in a secret header", spec -> spec.secretHeader("X-A", evil)),
        named("CR LF in a token", spec -> spec.bearer(evil)),
        named("CR LF in a key", spec -> spec.idempotencyKey(evil)),
        named("CR LF in Accept", spec -> spec.accept(evil)),
        named("CR LF in a media type", spec -> spec.body(new byte[1], evil)),
        named(
            "CR LF in a part's media type",
            spec -> spec.multipart(parts -> parts.part("a", "b", evil, new byte[1]))),
        named("no part", spec -> spec.multipart(parts -> {})),
        named("JSON that cannot be encoded", spec -> spec.json(new Unencodable())));
  }

  private static Named<UnaryOperator<RequestSpec>> named(
      String name, UnaryOperator<RequestSpec> change) {
    return Named.of(name, change);
  }

  @ParameterizedTest
  @MethodSource("illegalRequests")
  void illegalRequestIsRejectedAndNeverSent(UnaryOperator<RequestSpec> change) {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    AsyncHttpClient client = wire.client();
    RequestSpec spec = change.apply(client.post(server.url("/")));
    assertThat(failure(spec.asString(), InvalidRequestError.class))
        .message()
        .doesNotContain(SECRET)
        .doesNotContain("\r")
        .doesNotContain("\n");
    assertThat(server.acceptedConnections()).isZero();
  }

  @Test
  void methodThatIsNoTokenIsRejected() {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    AsyncHttpClient client = wire.client();
    for (String method : new String[] {"", "GET /", "GET\r\nX: 1"}) {
      failure(client.request(method, server.url("/")).asString(), InvalidRequestError.class);
    }
    failure(client.get(server.url("/")).json("a body").asString(), InvalidRequestError.class);
    assertThat(server.acceptedConnections()).isZero();
  }

  @Test
  void templateNeedsOneValueForEachPlace() {
    AsyncHttpClient client = wire.client();
    String url = "http://127.0.0.1:1/users/{id}/orders/{order}";
    assertThat(failure(client.get(url, 7).asString(), InvalidRequestError.class))
        .hasMessageContaining("no value for {order}");
    failure(client.get(url, 7, 8, 9).asString(), InvalidRequestError.class);
    failure(client.getString(url), InvalidRequestError.class);
    failure(client.get(url, "..", 1).asString(), InvalidRequestError.class);
  }

  @Test
  @SuppressWarnings("NullAway") // That is what is tested.
  void nullIsTheCallersBugAndThrowsAtOnce() {
    AsyncHttpClient client = wire.client();
    assertThatNullPointerException().isThrownBy(() -> client.getString(null));
    assertThatNullPointerException().isThrownBy(() -> client.get("/{id}", (Object) null));
    assertThatNullPointerException().isThrownBy(() -> client.get("/").query(null, "a"));
    assertThatNullPointerException().isThrownBy(() -> client.get("/").header("a", null));
    assertThatNullPointerException().isThrownBy(() -> client.post("/").json(null));
  }

  @Test
  void fileThatIsNotThereIsAnInvalidRequestAndNotRetried(@TempDir Path directory) {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    AsyncHttpClient client = wire.client();
    for (Path file : new Path[] {directory.resolve("gone"), directory}) {
      InvalidRequestError error =
          failure(
              client.put(server.url("/")).body(file, "text/plain").asString(),
              InvalidRequestError.class);
      assertThat(error.attempts()).isEqualTo(1);
    }
    assertThat(server.requests()).isEmpty();
  }

  /** Linux has files that are longer than they say, and shorter. */
  @ParameterizedTest
  @ValueSource(strings = {"/proc/self/status", "/sys/devices/system/cpu/online"})
  void fileOfAnotherLengthThanItSaidIsAnInvalidRequest(String file) {
    assumeThat(Path.of(file)).isReadable();
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    InvalidRequestError error =
        failure(
            wire.client().put(server.url("/")).body(Path.of(file), "text/plain").asString(),
            InvalidRequestError.class);
    assertThat(error).hasMessageContaining("its body cannot be read").hasMessageContaining("bytes");
    assertThat(error.attempts()).isEqualTo(1);
  }

  /** What Jackson calls the getter of throws. */
  static final class Unencodable {

    @SuppressWarnings("DoNotCallSuggester")
    public String getSecret() {
      throw new IllegalStateException(SECRET);
    }
  }
}
