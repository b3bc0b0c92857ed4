package dev.fetchwell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.InvalidRequestError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import okhttp3.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RequestSpecTest {

  private final FakeServer server = new FakeServer();

  private final AsyncHttpClient client =
      server
          .client()
          .baseUrl("https://api.example.com/v1/")
          .header("X-Team", "blue")
          .secretHeader("X-Key", "s3cret")
          .build();

  @ParameterizedTest
  @CsvSource({
    "/users,https://api.example.com/v1/users",
    "users,https://api.example.com/v1/users",
    "'',https://api.example.com/v1",
    "?a=b,https://api.example.com/v1?a=b",
    "//evil.example/x,https://api.example.com/v1//evil.example/x",
    "@evil.example/,https://api.example.com/v1/@evil.example/",
    "https://other.example/x,https://other.example/x"
  })
  void urlIsJoinedToTheBaseUrl(String url, String expected) {
    assertThat(sent(client.get(url)).url()).hasToString(expected);
  }

  @Test
  void valuesAndParametersAreEncoded() {
    RequestSpec spec = client.get("/users/{id}", "a/b").query("q", "x&y").query("q", 2);

    assertThat(sent(spec).url()).hasToString("https://api.example.com/v1/users/a%2Fb?q=x%26y&q=2");
  }

  @Test
  void headersOfTheClientAreSentUnlessTheRequestSetsThem() {
    Request plain = sent(client.get("/"));
    assertThat(plain.headers("X-Team")).containsExactly("blue");
    assertThat(plain.headers("User-Agent")).containsExactly("fetchwell");

    Request own = sent(client.get("/").header("x-team", "red").header("X-Team", "green"));
    assertThat(own.headers("X-Team")).containsExactly("red", "green");
  }

  @Test
  void secretHeadersOfTheClientGoToItsOwnOriginOnly() {
    assertThat(sent(client.get("/x")).header("X-Key")).isEqualTo("s3cret");
    assertThat(sent(client.get("https://API.example.com:443/x")).header("X-Key"))
        .isEqualTo("s3cret");
    assertThat(sent(client.get("https://other.example/x")).header("X-Key")).isNull();
    assertThat(sent(client.get("http://api.example.com/x")).header("X-Key")).isNull();
    assertThat(sent(client.get("https://other.example/x")).header("X-Team")).isEqualTo("blue");
  }

  @Test
  void hostOfTheCallersOwnDoesNotGoElsewhere() {
    RequestSpec first = client.get("/x").header("Host", "virtual.example");
    assertThat(sent(first.at("/y")).header("Host")).isEqualTo("virtual.example");
    assertThat(sent(first.at("https://other.example/")).header("Host")).isNull();
  }

  @Test
  void whoLeadsBackFromAnotherOriginGetsNoSecrets() {
    RequestSpec first = client.get("/x").bearer("t");
    Request back = sent(first.at("https://other.example/p").at("https://api.example.com/v1/y"));
    assertThat(back.header("X-Key")).isNull();
    assertThat(back.header("Authorization")).isNull();
    assertThat(back.header("X-Team")).isEqualTo("blue");
    assertThat(sent(first.at("https://other.example/p").copy().at("/y")).header("X-Key")).isNull();
    assertThat(sent(first.at("/y").at("/z")).header("X-Key")).isEqualTo("s3cret");
    assertThat(sent(first).header("X-Key")).isEqualTo("s3cret");
  }

  @Test
  void secretsOfTheClientDoNotGoAlongToTheBaseUrlOfAnotherOrigin() {
    assertThatThrownBy(
            () ->
                client.toBuilder()
                    .header("Cookie", "new")
                    .baseUrl("https://u:pw@b.example")
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "baseUrl: https://b.example is of another origin than https://api.example.com/v1/,"
                + " to which these secret headers belong: X-Key (expected: set them again on this"
                + " builder, or start from AsyncHttpClient.builder())");
    AsyncHttpClient.Builder refused = client.toBuilder().baseUrl("http://api.example.com/v1");
    assertThatThrownBy(refused::build).isInstanceOf(IllegalArgumentException.class);

    AsyncHttpClient moved =
        client.toBuilder().secretHeader("x-key", "new").baseUrl("https://b.example/").build();
    assertThat(sent(moved.get("/")).headers("X-Key")).containsExactly("new");
    AsyncHttpClient stays = client.toBuilder().baseUrl("https://API.example.com:443/v2").build();
    assertThat(sent(stays.get("/")).header("X-Key")).isEqualTo("s3cret");
    AsyncHttpClient twice =
        client.toBuilder().baseUrl("https://b.example").baseUrl("https://api.example.com").build();
    assertThat(sent(twice.get("/")).header("X-Key")).isEqualTo("s3cret");
    AsyncHttpClient anywhere = server.client().secretHeader("X-Key", "k").build();
    assertThat(
            sent(anywhere.toBuilder().baseUrl("https://b.example").build().get("/"))
                .header("X-Key"))
        .isEqualTo("k");
    assertThat(client.toBuilder().timeout(Duration.ofMinutes(5)).build()).isNotNull();
  }

  @Test
  void acceptIsJsonOnlyWhereJsonIsAsked() {
    var plain = client.get("/").asJson();
    assertThat(lastSent().header("Accept")).isEqualTo("application/json");
    var own = client.get("/").accept("application/xml").asJson();
    assertThat(lastSent().headers("Accept")).containsExactly("application/xml");
    assertThat(List.of(plain, own)).allMatch(CompletableFuture::isDone);
    assertThat(sent(client.get("/")).header("Accept")).isNull();
  }

  @Test
  void userInfoOfTheUrlBecomesBasicAuth() {
    assertThat(sent(client.get("https://joe:p%40%2Bs@other.example/")).headers("Authorization"))
        .containsExactly(basic("joe:p@+s"));
    assertThat(lastSent().url()).hasToString("https://other.example/");
  }

  @Test
  void userInfoOfTheBaseUrlGoesToItsOwnOriginOnly() {
    AsyncHttpClient other = server.client().baseUrl("https://joe:pw@h.example/").build();

    assertThat(sent(other.get("/x")).headers("Authorization")).containsExactly(basic("joe:pw"));
    assertThat(sent(other.get("/x").bearer("t")).headers("Authorization"))
        .containsExactly("Bearer t");
    assertThat(sent(other.get("https://else.example/")).header("Authorization")).isNull();
  }

  @Test
  void userInfoOfTheUrlReplacesTheClientsAuthorization() {
    AsyncHttpClient other = server.client().secretHeader("Authorization", "Bearer c").build();

    assertThat(sent(other.get("https://joe:pw@h.example/")).headers("Authorization"))
        .containsExactly(basic("joe:pw"));
  }

  @Test
  void credentialsOfTheRequestReplaceEachOther() {
    RequestSpec spec = client.get("/").basicAuth("Jörg", "pä:ss").bearer("token");
    assertThat(sent(spec).headers("Authorization")).containsExactly("Bearer token");

    assertThat(sent(client.get("/").basicAuth("Jörg", "pä:ss")).header("Authorization"))
        .isEqualTo(basic("Jörg:pä:ss"));
  }

  @Test
  void bodiesAreSentWithTheirTypes() throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("a b", "x&y");
    fields.put("many", List.of(1, 2));

    sent(client.post("/").json(Map.of("a", 1)));
    assertThat(server.lastBody()).isEqualTo("{\"a\":1}");
    assertThat(contentType()).isEqualTo("application/json");
    sent(client.post("/").form(fields));
    assertThat(server.lastBody()).isEqualTo("a+b=x%26y&many=1&many=2");
    assertThat(contentType()).isEqualTo("application/x-www-form-urlencoded");
    sent(client.put("/").body("hi".getBytes(StandardCharsets.UTF_8), "text/plain"));
    assertThat(server.lastBody()).isEqualTo("hi");
    sent(client.post("/").multipart(parts -> parts.field("a", "b")));
    assertThat(contentType()).startsWith("multipart/form-data; boundary=");
    sent(client.post("/"));
    assertThat(server.lastBody()).isEmpty();
  }

  @Test
  void randomKeyIsTheSameOnEveryAttemptAndAnotherForEachCall() {
    server.then(FakeServer.answers(503, "")).then(FakeServer.answers(200, "{}"));
    CompletableFuture<String> call = client.post("/").idempotencyKey().asString();
    server.threads.runAll();
    server.timer.advance(Duration.ofSeconds(1));
    server.threads.runAll();
    assertThat(call).isCompleted();
    String first = server.requests().get(0).header("Idempotency-Key");

    assertThat(first).isNotNull().isEqualTo(server.requests().get(1).header("Idempotency-Key"));
    assertThat(sent(client.post("/").idempotencyKey()).header("Idempotency-Key"))
        .isNotEqualTo(first);
  }

  @Test
  void specCanBeSentTwice() {
    RequestSpec spec = client.get("/").query("a", 1);
    assertThat(sent(spec).url()).isEqualTo(sent(spec).url());
    assertThat(server.requests()).hasSize(2);
  }

  static Stream<Arguments> badRequests() {
    return Stream.of(
        bad(c -> c.get("ftp://h.example/?k=hidden"), "scheme ftp"),
        bad(c -> c.get("https://h.example:99999/?k=hidden"), "bad port"),
        bad(c -> c.get("/{id}?k=hidden"), "no value for {id}"),
        bad(c -> c.get("/{id}", ".."), "expected: no dot segment"),
        bad(c -> c.get("/", "surplus"), "1 template values for 0 places"),
        bad(c -> c.get("/").header("X-A", "hidden\r\nX-B: 1"), "header X-A has the character"),
        bad(c -> c.get("/").header("X A", "hidden"), "header name is not an HTTP token"),
        bad(c -> c.get("/").bearer("hidden\n"), "header Authorization has the character"),
        bad(c -> c.get("/").header("Content-Length", "5"), "Content-Length is the client's to set"),
        bad(c -> c.get("/").json("hidden"), "GET with a body"),
        bad(c -> c.request("NO METHOD", "/"), "method is not an HTTP token"),
        bad(c -> c.post("/").json(endless()), "its body cannot be encoded"),
        bad(c -> c.post("/").multipart(parts -> {}), "multipart body without a part"));
  }

  private static List<Object> endless() {
    List<Object> list = new ArrayList<>(List.of("hidden"));
    list.add(list);
    return list;
  }

  private interface Sending {

    RequestSpec of(AsyncHttpClient client);
  }

  private static Arguments bad(Sending sending, String problem) {
    return Arguments.of(sending, problem);
  }

  @ParameterizedTest
  @MethodSource("badRequests")
  void badRequestIsAFailedFutureAndNeverSent(Sending sending, String problem) {
    CompletableFuture<String> call = sending.of(client).asString();

    assertThat(call).isCompletedExceptionally();
    assertThatThrownBy(call::join)
        .isInstanceOf(CompletionException.class)
        .satisfies(
            thrown -> {
              FetchError error = FetchError.of(thrown);
              assertThat(error)
                  .isInstanceOf(InvalidRequestError.class)
                  .hasMessageContaining(problem)
                  .hasMessageNotContaining("hidden");
            });
    assertThat(server.requests()).isEmpty();
    assertThat(server.threads.pending()).isZero();
  }

  private Request sent(RequestSpec spec) {
    CompletableFuture<String> call = spec.asString();
    Request request = lastSent();
    assertThat(call).isCompleted();
    return request;
  }

  private Request lastSent() {
    server.threads.runAll();
    return server.last();
  }

  private String contentType() {
    return String.valueOf(server.last().header("Content-Type"));
  }

  private static String basic(String pair) {
    byte[] bytes = pair.getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
  }
}
