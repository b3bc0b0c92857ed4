package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.ConnectionError.Kind;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.FetchTimeoutError.Phase;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.DeadEnds;
import dev.fetchwell.testserver.Proxies;
import dev.fetchwell.testserver.RawServer;
import dev.fetchwell.testserver.RawServer.Talk;
import dev.fetchwell.testserver.TestCertificates;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Credentials;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A proxy of the caller's that does all but its work: every call ends in time, and names it. */
@Timeout(60)
class ProxyWireTest {

  private static final String PLAIN = "http://shop.invalid/cart";
  private static final String SECURE = "https://shop.invalid/cart";
  private static final Duration SOON = Duration.ofSeconds(4);
  private static final Duration STEP = Duration.ofMillis(60);
  private static final String ASKS =
      "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";

  private static final InetAddress LOOPBACK = loopback();

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private AsyncHttpClient through(Proxy proxy) {
    return through(proxy, new OkHttpClient.Builder(), Duration.ofMillis(500));
  }

  private AsyncHttpClient through(Proxy proxy, OkHttpClient.Builder own, Duration connectTimeout) {
    OkHttpClient client = own.proxy(proxy).build();
    wire.closing(() -> client.connectionPool().evictAll());
    return wire.client(
        builder ->
            builder
                .okHttp(client)
                .timeout(Duration.ofSeconds(10))
                .attemptTimeout(Duration.ofMillis(1500))
                .connectTimeout(connectTimeout));
  }

  private RawServer server(Talk talk) {
    return wire.closing(RawServer.start(talk));
  }

  /** By its number, as a message shows it. */
  private static InetAddress loopback() {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static Proxy proxy(Proxy.Type type, int port) {
    return new Proxy(type, new InetSocketAddress(LOOPBACK, port));
  }

  private static String named(int port) {
    return "proxy 127.0.0.1:" + port;
  }

  static Stream<Arguments> silentProxies() {
    String drip = "HTTP/1.1 200 OK\r\nX-Drip: " + "x".repeat(200);
    String tunnel = "HTTP/1.1 200 OK\r\n\r\n";
    return Stream.of(
        Arguments.of(Proxy.Type.HTTP, PLAIN, Phase.ATTEMPT, Proxies.stalls()),
        Arguments.of(Proxy.Type.HTTP, PLAIN, Phase.ATTEMPT, Proxies.drips(drip, STEP)),
        Arguments.of(Proxy.Type.HTTP, SECURE, Phase.CONNECT, Proxies.stalls()),
        Arguments.of(Proxy.Type.HTTP, SECURE, Phase.CONNECT, Proxies.drips(drip, STEP)),
        Arguments.of(Proxy.Type.HTTP, SECURE, Phase.CONNECT, Proxies.answers(tunnel)),
        Arguments.of(Proxy.Type.SOCKS, PLAIN, Phase.CONNECT, Proxies.stalls()),
        Arguments.of(Proxy.Type.SOCKS, PLAIN, Phase.CONNECT, Proxies.socksGreets(5)),
        Arguments.of(Proxy.Type.SOCKS, PLAIN, Phase.CONNECT, Proxies.socksGreets(5, 0)),
        Arguments.of(Proxy.Type.SOCKS, PLAIN, Phase.CONNECT, Proxies.socksDrips(STEP)),
        Arguments.of(Proxy.Type.SOCKS, PLAIN, Phase.ATTEMPT, Proxies.socksAnswers(0)),
        Arguments.of(Proxy.Type.SOCKS, SECURE, Phase.CONNECT, Proxies.socksAnswers(0)));
  }

  @ParameterizedTest
  @MethodSource("silentProxies")
  void silenceOfAProxyEndsInTimeAndNamesIt(Proxy.Type type, String url, Phase phase, Talk talk) {
    RawServer server = server(talk);
    AsyncHttpClient client = through(proxy(type, server.port()));
    FetchTimeoutError error =
        failure(client.get(url).noRetry().asString(), FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(phase);
    assertThat(error).hasMessageContaining("through the " + named(server.port()));
    assertThat(error.elapsed()).isLessThan(SOON);
    assertThat(error.mayHaveBeenProcessed()).isEqualTo(phase == Phase.ATTEMPT);
    Eventually.holds(() -> server.openConnections() == 0, "the proxy's connection to be closed");
  }

  @ParameterizedTest
  @MethodSource("silentProxies")
  void cancelReachesTheProxysConnection(Proxy.Type type, String url, Phase phase, Talk talk) {
    RawServer server = server(talk);
    AsyncHttpClient client = through(proxy(type, server.port()));
    CompletableFuture<String> call = client.get(url).noRetry().asString();
    Eventually.holds(() -> server.openConnections() == 1, "a connection to the proxy");
    call.cancel(true);
    Eventually.holds(() -> server.openConnections() == 0, "the proxy's connection to be closed");
    assertThat(call).isCancelled();
  }

  @Test
  void noCancelIsLostBetweenTcpAndTheTunnel() {
    RawServer server = server(Proxies.stalls());
    AsyncHttpClient client = through(proxy(Proxy.Type.HTTP, server.port()));
    for (int i = 1; i <= 50; i++) {
      int connections = i;
      CompletableFuture<String> call = client.get(SECURE).noRetry().asString();
      Eventually.holds(
          () -> server.acceptedConnections() == connections, "a connection to the proxy");
      call.cancel(true);
    }
    Eventually.holds(() -> server.openConnections() == 0, "the proxy's connections to be closed");
    Eventually.holds(() -> client.stats().abandoned() == 0, "the calls' threads to be back");
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(
            Proxy.Type.HTTP,
            SECURE,
            Proxies.answers("HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n"),
            "answered CONNECT with 503"),
        Arguments.of(Proxy.Type.HTTP, SECURE, Proxies.hangsUp(), "unexpected end of stream"),
        Arguments.of(Proxy.Type.HTTP, SECURE, Proxies.answers("SSH-2.0-x\r\n\r\n"), "SSH-2.0-x"),
        Arguments.of(Proxy.Type.SOCKS, PLAIN, Proxies.socksGreets(5, 255), "SOCKS"),
        Arguments.of(Proxy.Type.SOCKS, PLAIN, Proxies.socksAnswers(5), "SOCKS"),
        Arguments.of(Proxy.Type.SOCKS, SECURE, Proxies.socksAnswers(1), "SOCKS"),
        Arguments.of(Proxy.Type.SOCKS, PLAIN, Proxies.socks4Refuses(), "knows only SOCKS 4"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusalOfAProxyIsNoConnectionAndNamesIt(
      Proxy.Type type, String url, Talk talk, String reason) {
    RawServer server = server(talk);
    ConnectionError error =
        failure(
            through(proxy(type, server.port())).post(url).noRetry().asString(),
            ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.CONNECT);
    assertThat(error).hasMessageContaining(named(server.port())).hasMessageContaining(reason);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("deadProxies")
  void deadProxyIsWhatCouldNotBeReached(Proxy.Type type, String url) {
    int port = DeadEnds.refusedPort();
    ConnectionError error =
        failure(through(proxy(type, port)).get(url).noRetry().asString(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.CONNECT);
    assertThat(error).hasMessageContaining("the " + named(port) + " could not be reached");
    assertThat(error.mayHaveBeenProcessed()).isFalse();
  }

  static Stream<Arguments> deadProxies() {
    return Stream.of(
        Arguments.of(Proxy.Type.HTTP, PLAIN),
        Arguments.of(Proxy.Type.HTTP, SECURE),
        Arguments.of(Proxy.Type.SOCKS, PLAIN),
        Arguments.of(Proxy.Type.SOCKS, SECURE));
  }

  @Test
  void proxyWhoseNameIsUnknownIsNamed() {
    Proxy unknown =
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy.invalid", 3128));
    ConnectionError error =
        failure(through(unknown).get(PLAIN).noRetry().asString(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.DNS);
    assertThat(error).hasMessageContaining("host name not found: the proxy proxy.invalid:3128");
  }

  @Test
  void proxyThatHangsUpOnAPlainRequestIsNamed() {
    RawServer server = server(Proxies.hangsUp());
    ConnectionError error =
        failure(
            through(proxy(Proxy.Type.HTTP, server.port())).post(PLAIN).asString(),
            ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.RESET);
    assertThat(error).hasMessageContaining("through the " + named(server.port()));
  }

  @Test
  void status407OfAProxySaysWhatToDo() {
    RawServer server = server(Proxies.answers(ASKS));
    ClientStatusError error =
        failure(
            through(proxy(Proxy.Type.HTTP, server.port())).get(PLAIN).asString(),
            ClientStatusError.class);
    assertThat(error.status()).isEqualTo(407);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error)
        .hasMessageContaining("through the " + named(server.port()))
        .hasMessageContaining("okHttp(...)")
        .hasMessageContaining("proxyAuthenticator");
  }

  @Test
  void status407OfATunnelSaysWhatToDoAndIsAskedOnce() {
    RawServer server = server(Proxies.answers(ASKS));
    ConnectionError error =
        failure(
            through(proxy(Proxy.Type.HTTP, server.port())).get(SECURE).asString(),
            ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.CONNECT);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error)
        .hasMessageContaining("the " + named(server.port()) + " wants credentials (407)")
        .hasMessageContaining("okHttp(...)")
        .hasMessageContaining("proxyAuthenticator");
    assertThat(server.acceptedConnections()).isEqualTo(1);
  }

  @Test
  void credentialsThatTheProxyDoesNotTakeAreShownNowhere() {
    RawServer server =
        server(
            peer -> {
              while (true) {
                peer.head();
                peer.write(ASKS);
              }
            });
    OkHttpClient.Builder own =
        new OkHttpClient.Builder()
            .proxyAuthenticator(
                (route, response) ->
                    response.request().header("Proxy-Authorization") != null
                        ? null
                        : response
                            .request()
                            .newBuilder()
                            .header("Proxy-Authorization", Credentials.basic("bob", "hush"))
                            .build());
    for (String url : new String[] {PLAIN, SECURE}) {
      Throwable error =
          failure(
              through(proxy(Proxy.Type.HTTP, server.port()), own, SOON)
                  .get(url)
                  .noRetry()
                  .asString(),
              FetchError.class);
      for (Throwable t = error; t != null; t = t.getCause()) {
        assertThat(t.toString()).doesNotContain("hush", "bob", Credentials.basic("bob", "hush"));
      }
    }
  }

  @Test
  void tunnelThroughAProxyWorks() throws Exception {
    MockWebServer proxy = wire.closing(new MockWebServer());
    proxy.useHttps(TestCertificates.trusted().getSocketFactory());
    proxy.enqueue(new MockResponse.Builder().inTunnel().build());
    proxy.enqueue(new MockResponse.Builder().body("safe").build());
    proxy.start();
    AsyncHttpClient client =
        through(
            new Proxy(Proxy.Type.HTTP, proxy.getSocketAddress()),
            ClientsAndServers.trusting().hostnameVerifier((host, session) -> true),
            SOON);
    RequestSpec patient = client.get("https://shop.invalid/").attemptTimeout(SOON);
    assertThat(value(patient.asString())).isEqualTo("safe");
  }
}
