package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.ConnectionError.Kind;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.ReceivedRequest;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import dev.fetchwell.testserver.TestCertificates;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectWireTest {

  private static final List<String> SECRETS =
      List.of("Authorization", "Cookie", "X-Api-Key", "X-Mine", "X-Ours");

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private static Script first(String location, Script then) {
    return Script.inOrder(Scripts.redirect(location), then);
  }

  @ParameterizedTest
  @CsvSource({
    "301, GET, GET", "302, GET, GET", "303, GET, GET", "307, GET, GET", "308, GET, GET",
    "301, POST, GET", "302, POST, GET", "303, POST, GET", "307, POST, POST", "308, POST, POST",
    "301, PUT, PUT", "302, PUT, PUT", "303, PUT, GET", "307, PUT, PUT", "303, HEAD, HEAD"
  })
  void redirectIsFollowedWithTheMethodOfTheFetchStandard(int status, String method, String then) {
    ScriptedServer server =
        wire.server(
            Script.inOrder(Scripts.redirect(status, "../b?c=d"), Scripts.respond(200, "here")));
    AsyncHttpClient client = wire.client();
    RequestSpec spec = client.request(method, server.url("/x/a"));
    boolean hasBody = method.startsWith("P");
    FetchResponse response =
        value((hasBody ? spec.body(new byte[] {'h', 'i'}, "text/plain") : spec).asResponse());
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.url()).hasToString(server.url("/b?c=d"));
    assertThat(response.attempts()).isEqualTo(1);
    ReceivedRequest second = server.awaitRequests(2).get(1);
    assertThat(second.method()).isEqualTo(then);
    assertThat(second.path()).isEqualTo("/b?c=d");
    boolean keepsBody = hasBody && then.equals(method);
    assertThat(second.text()).isEqualTo(keepsBody ? "hi" : "");
    assertThat(second.headers("Content-Type")).hasSize(keepsBody ? 1 : 0);
    assertThat(client.stats().attempts()).isEqualTo(1);
    assertThat(client.stats().retries()).isZero();
  }

  @Test
  void redirectIsTheAnswerWhereItIsNotFollowed() {
    ScriptedServer server = wire.server(Scripts.redirect("/elsewhere"));
    AsyncHttpClient client = wire.client();
    RequestSpec spec = client.get(server.url("/")).followRedirects(false);
    FetchResponse response = value(spec.asResponse());
    assertThat(response.status()).isEqualTo(302);
    assertThat(response.header("Location")).contains("/elsewhere");
    try (StreamedResponse streamed = value(spec.copy().asStream())) {
      assertThat(streamed.status()).isEqualTo(302);
    }
    assertThat(server.requests()).hasSize(2);
    assertThat(client.stats().attempts()).isEqualTo(2);
  }

  @Test
  void redirectLoopEndsAfterTwentyAndIsNotRetried() {
    ScriptedServer server = wire.server(Scripts.redirectLoop());
    AsyncHttpClient client = wire.client();
    ConnectionError error = failure(client.getString(server.url("/")), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(error).hasMessageContaining("more than 20 redirects");
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(server.requests()).hasSize(21);
    assertThat(value(client.get(server.url("/")).asResponse()).status()).isEqualTo(302);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://127.0.0.1/", "http://", "http://[bad", "http://h:99999/", "javascript:x"})
  void badLocationIsAProtocolErrorAndTheResponseForWhoWantsIt(String location) {
    ScriptedServer server = wire.server(Scripts.redirect(location));
    AsyncHttpClient client = wire.client();
    ConnectionError error = failure(client.getString(server.url("/")), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(server.requests()).hasSize(1);
    FetchResponse response = value(client.get(server.url("/")).asResponse());
    assertThat(response.status()).isEqualTo(302);
    assertThat(response.header("location")).contains(location);
  }

  @Test
  void redirectFromHttpsToHttpIsNotFollowed() {
    ScriptedServer plain = wire.server(Scripts.respond(200, "plain"));
    ScriptedServer secure =
        wire.tlsServer(TestCertificates.trusted(), Scripts.redirect(plain.url("/")));
    AsyncHttpClient client = wire.trustingClient();
    ConnectionError error = failure(client.getString(secure.url("/")), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(error).hasMessageContaining("https to http");
    assertThat(value(client.get(secure.url("/")).asResponse()).status()).isEqualTo(302);
    assertThat(plain.acceptedConnections()).isZero();
  }

  private RequestSpec withSecrets(AsyncHttpClient client, String url) {
    return client
        .get(url)
        .bearer("t")
        .header("Cookie", "a=b")
        .header("X-Api-Key", "k")
        .secretHeader("X-Mine", "m")
        .header("X-Plain", "p");
  }

  @Test
  void secretsNeverCrossAnOrigin() {
    ScriptedServer other = wire.server(Scripts.respond(200, "other"));
    ScriptedServer server = wire.server(Scripts.redirect(other.url("/there")));
    AsyncHttpClient client =
        wire.client(b -> b.baseUrl(server.url("/")).secretHeader("X-Ours", "o"));
    assertThat(value(withSecrets(client, "/here").asString())).isEqualTo("other");
    ReceivedRequest here = server.requests().get(0);
    ReceivedRequest there = other.requests().get(0);
    for (String secret : SECRETS) {
      assertThat(here.headers(secret)).as(secret).hasSize(1);
      assertThat(there.headers(secret)).as(secret).isEmpty();
    }
    assertThat(there.headers("X-Plain")).containsExactly("p");
  }

  @Test
  void secretsStayWithinTheirOrigin() {
    ScriptedServer server = wire.server(first("/b", Scripts.respond(200, "same")));
    assertThat(value(withSecrets(wire.client(), server.url("/a")).asString())).isEqualTo("same");
    for (String secret : SECRETS.subList(0, 4)) {
      assertThat(server.requests().get(1).headers(secret)).as(secret).hasSize(1);
    }
  }

  @Test
  void secretsDoNotComeBackWithARedirectHome() {
    ScriptedServer[] servers = new ScriptedServer[2];
    servers[0] =
        wire.server(
            exchange -> {
              boolean start = exchange.request().path().equals("/start");
              Script script =
                  start ? Scripts.redirect(servers[1].url("/")) : Scripts.respond(200, "home");
              script.handle(exchange);
            });
    servers[1] = wire.server(Scripts.redirect(servers[0].url("/home")));
    assertThat(value(withSecrets(wire.client(), servers[0].url("/start")).asString()))
        .isEqualTo("home");
    assertThat(servers[0].requests().get(1).headers("Authorization")).isEmpty();
  }

  @Test
  void redirectFromHttpToHttpsIsFollowedWithoutSecrets() {
    ScriptedServer secure =
        wire.tlsServer(TestCertificates.trusted(), Scripts.respond(200, "secure"));
    ScriptedServer plain = wire.server(Scripts.redirect(secure.url("/")));
    assertThat(value(withSecrets(wire.trustingClient(), plain.url("/")).asString()))
        .isEqualTo("secure");
    assertThat(secure.requests().get(0).headers("Authorization")).isEmpty();
  }

  @Test
  void onlyTheHopThatFailedIsRepeated() {
    ScriptedServer other =
        wire.server(Script.inOrder(Scripts.respond(503, ""), Scripts.respond(200, "ok")));
    ScriptedServer server = wire.server(Scripts.redirect(other.url("/")));
    AsyncHttpClient client = wire.client();
    FetchResponse response = value(client.get(server.url("/")).asResponse());
    assertThat(response.text()).isEqualTo("ok");
    assertThat(response.attempts()).isEqualTo(2);
    assertThat(server.requests()).hasSize(1);
    assertThat(other.requests()).hasSize(2);
    assertThat(client.stats().attempts()).isEqualTo(2);
    assertThat(client.stats().retries()).isEqualTo(1);
  }

  @Test
  void postThatWasAnsweredByARedirectMayHaveBeenProcessed() {
    ScriptedServer server =
        wire.server(Script.inOrder(Scripts.redirect(303, "/b"), Faults.negativeStatus()));
    ConnectionError error =
        failure(wire.client().post(server.url("/")).noRetry().asString(), ConnectionError.class);
    assertThat(error.mayHaveBeenProcessed()).isTrue();
    assertThat(error.method()).isEqualTo("POST");
  }

  @Test
  void bodyIsSentAgainWhereARedirectKeepsIt() {
    String body = "x".repeat(200_000);
    ScriptedServer server =
        wire.server(
            Script.inOrder(
                Scripts.redirect(307, "/b"), e -> e.respond(200, "" + e.request().body().length)));
    byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
    assertThat(value(wire.client().post(server.url("/")).body(bytes, "text/plain").asString()))
        .isEqualTo("200000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"huge", "endless", "silent"})
  void bodyOfARedirectIsNeitherMeasuredNorAwaited(String body) {
    ScriptedServer server =
        wire.server(
            exchange -> {
              if (!exchange.request().path().equals("/")) {
                exchange.respond(200, "there");
                return;
              }
              String length = body.equals("endless") ? "9000000000" : "" + 100_000;
              exchange.raw(
                  "HTTP/1.1 302 x\r\nLocation: /b\r\nContent-Length: " + length + "\r\n\r\n");
              if (body.equals("huge")) {
                exchange.raw("x".repeat(100_000));
              } else if (body.equals("endless")) {
                exchange.drip("x".repeat(1_000), Duration.ofMillis(20));
              } else {
                exchange.stall();
              }
            });
    AsyncHttpClient client =
        wire.client(b -> b.maxResponseBytes(1_000).attemptTimeout(Duration.ofSeconds(5)));
    assertThat(value(client.getString(server.url("/")))).isEqualTo("there");
    assertThat(value(client.get(server.url("/")).asResponse()).text()).isEqualTo("there");
  }

  @Test
  void statusWithoutALocationIsNoRedirect() {
    ScriptedServer server = wire.server(Scripts.respond(302, "look around"));
    assertThat(value(wire.client().getString(server.url("/")))).isEqualTo("look around");
    ScriptedServer notModified = wire.server(Scripts.respond(304, ""));
    assertThat(value(wire.client().get(notModified.url("/")).asResponse()).status()).isEqualTo(304);
  }
}
