package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.ConnectionError.Kind;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.FetchTimeoutError.Phase;
import dev.fetchwell.observe.ClientStats;
import dev.fetchwell.testserver.DeadEnds;
import dev.fetchwell.testserver.Exchange;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import dev.fetchwell.testserver.TestCertificates;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadConnectionWireTest {

  private static final Duration SHORT = Duration.ofMillis(150);
  private static final Duration SOON = Duration.ofSeconds(5);

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void refusedConnectionIsRetriedForAnyMethodAsNothingWasSent(String method) {
    String url = "http://127.0.0.1:" + DeadEnds.refusedPort() + "/";
    AsyncHttpClient client = wire.client();
    ConnectionError error = failure(client.request(method, url).asString(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.CONNECT);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(error.attempts()).isEqualTo(3);
    assertThat(error.elapsed()).isLessThan(SOON);
    // The pool is the process's, so other tests' idle connections may be in it.
    ClientStats stats = client.stats();
    assertThat(stats.openConnections()).isEqualTo(stats.idleConnections());
  }

  @Test
  void unknownHostIsADnsError() {
    OkHttpClient own =
        new OkHttpClient.Builder()
            .dns(
                host -> {
                  throw new UnknownHostException(host);
                })
            .build();
    ConnectionError error =
        failure(
            wire.clientOn(own).post("http://nowhere.test/?q=1").asString(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.DNS);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(error.attempts()).isEqualTo(3);
    assertThat(error).message().contains("nowhere.test").contains("[DNS]");
  }

  static Stream<SSLContext> badCertificates() {
    return Stream.of(TestCertificates.untrusted(), TestCertificates.wrongHost());
  }

  @ParameterizedTest
  @MethodSource("badCertificates")
  void badCertificateIsATlsErrorAndNotRetried(SSLContext tls) {
    ScriptedServer server = wire.tlsServer(tls, Scripts.respond(200, "ok"));
    ConnectionError error =
        failure(wire.trustingClient().getString(server.url("/")), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.TLS);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error.elapsed()).isLessThan(SOON);
    assertThat(server.requests()).isEmpty();
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void sharedTransportTrustsOnlyTheSystemsAuthorities() {
    ScriptedServer server = wire.tlsServer(TestCertificates.trusted(), Scripts.respond(200, "ok"));
    ConnectionError error =
        failure(wire.client().getString(server.url("/")), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.TLS);
    assertThat(value(wire.trustingClient().getString(server.url("/")))).isEqualTo("ok");
  }

  @Test
  void httpsToAPlainServerIsATlsError() {
    ScriptedServer server = wire.serverOnConnect(e -> e.raw("HTTP/1.1 400 Bad\r\n\r\n"));
    String url = "https://127.0.0.1:" + server.port() + "/";
    ConnectionError error = failure(wire.client().getString(url), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.TLS);
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void handshakeThatIsCutOffIsRetriedLikeAConnectionThatFails() {
    ScriptedServer server = wire.serverOnConnect(Exchange::close);
    String url = "https://127.0.0.1:" + server.port() + "/";
    ConnectionError error = failure(wire.client().post(url).asString(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.CONNECT);
    assertThat(error.attempts()).isEqualTo(3);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
  }

  @Test
  void httpToATlsServerIsAnError() {
    ScriptedServer server = wire.tlsServer(TestCertificates.trusted(), Scripts.respond(200, "ok"));
    String url = "http://127.0.0.1:" + server.port() + "/";
    ConnectionError error =
        failure(wire.client().get(url).noRetry().asString(), ConnectionError.class);
    assertThat(error.kind()).isIn(Kind.PROTOCOL, Kind.RESET);
  }

  static Stream<Script> scriptsThatGiveNoAnswer() {
    return Stream.of(Faults.reset(), Faults.close(), Faults.halfClose());
  }

  @ParameterizedTest
  @MethodSource("scriptsThatGiveNoAnswer")
  void connectionLostBeforeTheAnswerIsRetriedOnlyIfRepeatable(Script script) {
    ScriptedServer server = wire.server(script);
    AsyncHttpClient client = wire.client();
    ConnectionError get = failure(client.getString(server.url("/")), ConnectionError.class);
    assertThat(get.kind()).isEqualTo(Kind.RESET);
    assertThat(get.attempts()).isEqualTo(3);
    assertThat(get.mayHaveBeenProcessed()).isTrue();
    assertThat(server.requests()).hasSize(3);
    ConnectionError post = failure(client.post(server.url("/")).asString(), ConnectionError.class);
    assertThat(post.attempts()).isEqualTo(1);
    assertThat(post.mayHaveBeenProcessed()).isTrue();
    assertThat(server.requests()).hasSize(4);
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void silentServerIsAnAttemptTimeoutAndRetriedOnlyIfRepeatable() {
    ScriptedServer server = wire.server(Scripts.stall());
    AsyncHttpClient client = wire.client(builder -> builder.attemptTimeout(SHORT));
    FetchTimeoutError get = failure(client.getString(server.url("/")), FetchTimeoutError.class);
    assertThat(get.phase()).isEqualTo(Phase.ATTEMPT);
    assertThat(get.attempts()).isEqualTo(3);
    assertThat(get.mayHaveBeenProcessed()).isTrue();
    assertThat(get.elapsed()).isBetween(SHORT.multipliedBy(3), SOON);
    assertThat(server.requests()).hasSize(3);
    FetchTimeoutError post =
        failure(client.post(server.url("/")).asString(), FetchTimeoutError.class);
    assertThat(post.attempts()).isEqualTo(1);
    assertThat(server.requests()).hasSize(4);
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void attemptThatTimedOutIsFollowedByOneThatSucceeds() {
    ScriptedServer server =
        wire.server(Script.inOrder(Scripts.stall(), Scripts.respond(200, "ok")));
    AsyncHttpClient client = wire.client(builder -> builder.attemptTimeout(SHORT));
    assertThat(value(client.get(server.url("/")).asResponse()).attempts()).isEqualTo(2);
  }

  static Stream<Script> slowScripts() {
    Duration second = Duration.ofSeconds(1);
    return Stream.of(
        Scripts.drip("x".repeat(100), second),
        Scripts.dripBody("x".repeat(100), second),
        Scripts.dripBody("x".repeat(10_000), Duration.ofMillis(5)),
        Faults.endlessInformational(Duration.ofMillis(5)),
        Faults.endlessHeaders(Duration.ofMillis(20)));
  }

  @ParameterizedTest
  @MethodSource("slowScripts")
  void serverThatDripsIsAnAttemptTimeout(Script script) {
    ScriptedServer server = wire.server(script);
    AsyncHttpClient client = wire.client(builder -> builder.attemptTimeout(SHORT));
    FetchTimeoutError error =
        failure(client.get(server.url("/")).noRetry().asString(), FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(Phase.ATTEMPT);
    assertThat(error.elapsed()).isBetween(SHORT, Duration.ofSeconds(2));
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void totalTimeoutEndsWhateverHappens() {
    ScriptedServer server = wire.server(Scripts.stall());
    FetchTimeoutError error =
        failure(
            wire.client().get(server.url("/")).timeout(SHORT).asString(), FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(Phase.TOTAL);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error.elapsed()).isBetween(SHORT, Duration.ofSeconds(2));
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void connectingThatHangsIsAConnectTimeout() {
    DeadEnds.NeverAccepts hang = wire.closing(DeadEnds.neverAccepts());
    AsyncHttpClient client = wire.client(builder -> builder.connectTimeout(SHORT));
    FetchTimeoutError error =
        failure(client.post(hang.url("/")).asString(), FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(Phase.CONNECT);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(error.attempts()).isEqualTo(3);
    assertThat(error.elapsed()).isLessThan(SOON);
  }

  @Test
  void handshakeThatHangsIsAConnectTimeout() {
    ScriptedServer server = wire.serverOnConnect(Scripts.stall());
    AsyncHttpClient client = wire.client(builder -> builder.connectTimeout(SHORT));
    String url = "https://127.0.0.1:" + server.port() + "/";
    FetchTimeoutError error =
        failure(client.post(url).noRetry().asString(), FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(Phase.CONNECT);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    server.awaitNoOpenConnections(SOON);
  }

  @Test
  void waitingForAPermitTooLongIsAQueueTimeout() {
    ScriptedServer server = wire.server(Scripts.stall());
    AsyncHttpClient client = wire.client(b -> b.maxConcurrency(1).queueTimeout(SHORT));
    CompletableFuture<String> first = client.getString(server.url("/"));
    FetchTimeoutError error = failure(client.getString(server.url("/")), FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(Phase.QUEUE);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(first.cancel(true)).isTrue();
    assertThat(server.awaitRequests(1)).hasSize(1);
  }
}
