package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.Exchange;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import dev.fetchwell.testserver.TestCertificates;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import okhttp3.CertificatePinner;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers over TLS, which a call awaits before OkHttp reads. */
class TlsAnswersWireTest {

  private static final Duration A_WHILE = Duration.ofMillis(100);
  private static final int LONG = 100_000;

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private final AsyncHttpClient client = wire.trustingClient();

  private ScriptedServer server(Script script) {
    return wire.tlsServer(TestCertificates.trusted(), script);
  }

  @Test
  void shortAndLongOnesComeWholeOverOneConnection() {
    ScriptedServer server =
        server(
            Script.inOrder(
                Scripts.respond(200, "short"),
                Scripts.respond(200, Map.of("X-Long", "x".repeat(3_000)), "y"),
                Scripts.body(LONG),
                Scripts.chunkedBody(LONG),
                exchange -> exchange.respond(200, exchange.request().text())));
    String url = server.url("/");

    assertThat(value(client.getString(url))).isEqualTo("short");
    FetchResponse response = value(client.get(url).asResponse());
    assertThat(response.header("X-Long")).contains("x".repeat(3_000));
    assertThat(response.text()).isEqualTo("y");
    assertThat(value(client.getBytes(url))).hasSize(LONG);
    assertThat(value(client.getBytes(url))).hasSize(LONG);
    String sent = "z".repeat(LONG);
    assertThat(value(client.post(url).body(sent, "text/plain").asString())).isEqualTo(sent);
    assertThat(value(client.post(url).body("", "text/plain").asString())).isEmpty();

    assertThat(server.acceptedConnections()).isEqualTo(1);
  }

  @Test
  void oneThatComesByteByByteComesWhole() {
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    ScriptedServer server = server(exchange -> exchange.drip(answer, Duration.ofMillis(1)));
    assertThat(value(client.getString(server.url("/")))).isEqualTo("ok");
  }

  /** OkHttp takes 8 KB when it begins to read. */
  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void okHttpDoesNotBeginToReadBeforeTheAnswerIsThere(String method) {
    CompletableFuture<Void> released = new CompletableFuture<>();
    wire.finallyDo(() -> released.complete(null));
    ScriptedServer server =
        server(
            exchange -> {
              Awaited.value(released);
              exchange.respond(200, "ok");
            });
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    AsyncHttpClient watched =
        wire.clientOn(
            ClientsAndServers.trusting()
                .addInterceptor(
                    chain -> {
                      thread.complete(Thread.currentThread());
                      return chain.proceed(chain.request());
                    })
                .build());
    String url = server.url("/");

    CompletableFuture<String> call =
        method.equals("GET")
            ? watched.getString(url)
            : watched.post(url).body("text", "text/plain").asString();
    server.awaitRequests(1);

    Eventually.holds(
        () ->
            Stream.of(value(thread).getStackTrace())
                .anyMatch(
                    frame ->
                        frame.getClassName().endsWith(".FirstBytes")
                            && frame.getMethodName().equals("awaitFrom")),
        "the call's thread to await the first bytes");
    released.complete(null);
    assertThat(value(call)).isEqualTo("ok");
  }

  @Test
  void callThatIsCancelledWhileItWaitsGivesAllBack() {
    ScriptedServer server = server(Scripts.stall());
    CompletableFuture<String> call = client.getString(server.url("/"));
    server.awaitRequests(1);

    call.cancel(true);

    server.awaitNoOpenConnections(Awaited.LIMIT);
    Eventually.holds(() -> client.stats().openConnections() == 0, "no open connection");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void connectionThatBreaksWhileACallWaitsFailsItAsSuch(boolean reset) {
    Script breaks = reset ? Exchange::reset : Exchange::close;
    ScriptedServer server = server(Scripts.delayed(A_WHILE, breaks));
    ConnectionError error =
        failure(
            client.get(server.url("/")).retry(RetryPolicy.none()).asString(),
            ConnectionError.class);
    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.RESET);
  }

  @Test
  void callIsTriedAgainOnceItsKeptConnectionIsClosed() {
    ScriptedServer server = server(Scripts.dropAfter(1, Scripts.respond(200, "ok")));
    for (int i = 0; i < 3; i++) {
      assertThat(value(client.getString(server.url("/")))).isEqualTo("ok");
    }
  }

  @Test
  void clientsOfOneOkHttpClientShareAConnection() throws Exception {
    ScriptedServer server = server(e -> e.respond(200, "on " + e.connectionNumber()));
    OkHttpClient own = ClientsAndServers.trusting().build();
    AsyncHttpClient one = wire.clientOn(own);
    AsyncHttpClient other = wire.clientOn(own);
    AsyncHttpClient derived = wire.adopt(one.toBuilder().build());
    for (AsyncHttpClient each : List.of(one, other, derived, one)) {
      assertThat(value(each.getString(server.url("/")))).isEqualTo("on 1");
    }
  }

  @Test
  void pinnedCertificatesAreStillAskedFor() {
    ScriptedServer server = server(Scripts.respond(200, "ok"));
    CertificatePinner others =
        new CertificatePinner.Builder()
            .add("127.0.0.1", "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
            .add("localhost", "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
            .build();
    AsyncHttpClient pinning =
        wire.clientOn(ClientsAndServers.trusting().certificatePinner(others).build());
    ConnectionError error = failure(pinning.getString(server.url("/")), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.TLS);
    assertThat(error).hasMessageContaining("pin");
  }

  @Test
  void hostsNameIsStillVerified() {
    ScriptedServer server =
        wire.tlsServer(TestCertificates.wrongHost(), Scripts.respond(200, "ok"));
    ConnectionError error = failure(client.getString(server.url("/")), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.TLS);
  }
}
