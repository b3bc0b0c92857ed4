package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.ConnectionError.Kind;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.testserver.DeadEnds;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import dev.fetchwell.testserver.TestCertificates;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the wire sees is exactly what {@code attempts()} says. */
class ResendWireTest {

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  static Stream<Arguments> failingScripts() {
    return Stream.of("GET", "POST")
        .flatMap(
            method ->
                Stream.of(
                    Arguments.of(method, Scripts.respond(408, "")),
                    Arguments.of(method, Scripts.retryAfter(408, "0")),
                    Arguments.of(method, Scripts.retryAfter(503, "0")),
                    Arguments.of(method, Scripts.respond(401, "")),
                    Arguments.of(method, Scripts.respond(407, "")),
                    Arguments.of(method, Scripts.respond(421, "")),
                    Arguments.of(method, Scripts.respond(425, "")),
                    Arguments.of(method, Faults.close()),
                    Arguments.of(method, Faults.reset())));
  }

  @ParameterizedTest
  @MethodSource("failingScripts")
  void requestIsSentOnceWithoutRetries(String method, Script script) {
    ScriptedServer server = wire.server(script);
    AsyncHttpClient client = wire.client();
    FetchError error =
        failure(client.request(method, server.url("/")).noRetry().asString(), FetchError.class);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(server.requests()).hasSize(1);
    assertThat(client.stats().attempts()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("failingScripts")
  void wireSeesAsManyRequestsAsThereWereAttempts(String method, Script script) {
    ScriptedServer server = wire.server(script);
    AsyncHttpClient client = wire.client();
    FetchError error =
        failure(client.request(method, server.url("/")).asString(), FetchError.class);
    int status = error instanceof HttpStatusError failed ? failed.status() : 0;
    boolean retried = method.equals("GET") && List.of(0, 408, 425, 503).contains(status);
    assertThat(error.attempts()).isEqualTo(retried ? 3 : 1);
    assertThat(error.getSuppressed()).hasSize(error.attempts() - 1);
    assertThat(server.requests()).hasSize(error.attempts());
    assertThat(client.stats().attempts()).isEqualTo(error.attempts());
    assertThat(client.stats().retries()).isEqualTo(error.attempts() - 1);
  }

  @ParameterizedTest
  @CsvSource({"GET, 408", "GET, 503", "PUT, 408", "DELETE, 503"})
  void idempotentRequestIsSentAgainAndCounted(String method, int status) {
    ScriptedServer server =
        wire.server(Script.inOrder(Scripts.retryAfter(status, "0"), Scripts.respond(200, "ok")));
    FetchResponse response = value(wire.client().request(method, server.url("/")).asResponse());
    assertThat(response.text()).isEqualTo("ok");
    assertThat(response.attempts()).isEqualTo(2);
    assertThat(server.requests()).hasSize(2);
  }

  private OkHttpClient.Builder resolvingTo(String... addresses) {
    return ClientsAndServers.trusting().dns(host -> resolved(addresses));
  }

  private static List<InetAddress> resolved(String... addresses) throws UnknownHostException {
    List<InetAddress> all = new ArrayList<>();
    for (String address : addresses) {
      all.addAll(List.of(InetAddress.getAllByName(address)));
    }
    return all;
  }

  @ParameterizedTest
  @CsvSource({"GET, true", "GET, false", "POST, true", "POST, false"})
  void connectingFallsOverToTheNextAddressWithinOneAttempt(String method, boolean fast) {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    OkHttpClient own =
        resolvingTo("127.0.0.2", "127.0.0.3", "127.0.0.1").fastFallback(fast).build();
    RequestSpec spec =
        wire.clientOn(own).request(method, "http://many.test:" + server.port() + "/");
    FetchResponse response = value(spec.noRetry().asResponse());
    assertThat(response.text()).isEqualTo("ok");
    assertThat(response.attempts()).isEqualTo(1);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void addressThatHangsIsPassedOverForOneThatAnswers() {
    DeadEnds.NeverAccepts hang = wire.closing(DeadEnds.neverAccepts());
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    OkHttpClient own =
        resolvingTo("127.0.0.2", "127.0.0.1")
            .socketFactory(new ReroutingSockets("127.0.0.2", hang.port(), server.port()))
            .build();
    FetchResponse response =
        value(wire.clientOn(own).post("http://many.test/").noRetry().asResponse());
    assertThat(response.text()).isEqualTo("ok");
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void addressesThatAllRefuseAreOneAttempt(boolean fast) {
    OkHttpClient own = resolvingTo("127.0.0.1", "127.0.0.2").fastFallback(fast).build();
    AsyncHttpClient client = wire.clientOn(own);
    String url = "http://many.test:" + DeadEnds.refusedPort() + "/";
    ConnectionError error = failure(client.post(url).noRetry().asString(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.CONNECT);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void badCertificateIsATlsErrorAlsoBehindAnAddressThatRefuses(boolean fast) {
    ScriptedServer server =
        wire.tlsServer(TestCertificates.untrusted(), Scripts.respond(200, "ok"));
    OkHttpClient own = resolvingTo("127.0.0.2", "127.0.0.1").fastFallback(fast).build();
    String url = "https://many.test:" + server.port() + "/";
    ConnectionError error = failure(wire.clientOn(own).getString(url), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.TLS);
    assertThat(error.attempts()).isEqualTo(1);
  }

  @Test
  void serverThatFailsAlwaysSeesAtMostOnePointTwoRequestsPerCall() {
    int calls = 800;
    ScriptedServer server = wire.server(Scripts.respond(503, ""));
    AsyncHttpClient client = wire.client();
    List<CompletableFuture<String>> all = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      all.add(client.getString(server.url("/")));
      ClientsAndServers.pause(Duration.ofMillis(5));
    }
    all.forEach(call -> failure(call, HttpStatusError.class));
    assertThat(server.requests()).hasSizeBetween(calls + 50, calls * 12 / 10);
    assertThat(client.stats().attempts()).isEqualTo(server.requests().size());
    assertThat(client.stats().failures()).isEqualTo(calls);
  }
}
