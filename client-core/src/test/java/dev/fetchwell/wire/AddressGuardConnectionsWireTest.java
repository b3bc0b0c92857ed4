package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static dev.fetchwell.wire.Neighbourhood.ALLOWED;
import static dev.fetchwell.wire.Neighbourhood.BLOCKED;
import static dev.fetchwell.wire.Neighbourhood.BLOCKED_IPV6;
import static dev.fetchwell.wire.Neighbourhood.answer;
import static dev.fetchwell.wire.Neighbourhood.answers;
import static dev.fetchwell.wire.Neighbourhood.assertUntouched;
import static dev.fetchwell.wire.Neighbourhood.ok;
import static dev.fetchwell.wire.Neighbourhood.started;
import static dev.fetchwell.wire.Neighbourhood.url;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.AddressBlockedError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.RawServer;
import dev.fetchwell.testserver.ScriptedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guard over names that lead to several addresses, pools, and a caller's own OkHttp client. */
@Timeout(60)
class AddressGuardConnectionsWireTest {

  private static final String NAME = "http://shop.invalid:";

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private final Neighbourhood around = new Neighbourhood(wire);

  private static OkHttpClient.Builder resolving(Dns dns) {
    return new OkHttpClient.Builder().dns(dns);
  }

  @Test
  void nameWhoseAddressChangesIsJudgedAtEachConnection() throws Exception {
    ScriptedServer blocked = around.blocked();
    MockResponse last = ok().newBuilder().addHeader("Connection", "close").build();
    MockWebServer allowed = wire.closing(new MockWebServer());
    allowed.enqueue(last);
    started(allowed, blocked.port());
    AsyncHttpClient client =
        around.guardedOn(resolving(answers(List.of(ALLOWED), List.of(BLOCKED))).build());
    String url = NAME + blocked.port() + "/";
    assertThat(value(client.getString(url))).isEqualTo("ok");

    AddressBlockedError error = failure(client.getString(url), AddressBlockedError.class);

    assertThat(error).hasMessageContaining("shop.invalid leads to a loopback address");
    assertThat(error.getMessage()).doesNotContain("127.0.0.1");
    assertUntouched(blocked);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void onlyTheAllowedAddressesOfANameAreConnectedTo(boolean fastFallback) throws Exception {
    ScriptedServer blocked = around.blocked();
    MockWebServer allowed = wire.closing(new MockWebServer());
    allowed.enqueue(ok());
    started(allowed, blocked.port());
    List<InetAddress> both = List.of(BLOCKED, BLOCKED_IPV6, ALLOWED, BLOCKED);
    AsyncHttpClient client =
        around.guardedOn(resolving(name -> both).fastFallback(fastFallback).build());

    assertThat(value(client.getString(NAME + blocked.port() + "/"))).isEqualTo("ok");

    assertUntouched(blocked);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void allowedAddressThatIsDownIsAFailureToConnect(boolean blockedFirst) throws Exception {
    ScriptedServer blocked = around.blocked();
    List<InetAddress> both = blockedFirst ? List.of(BLOCKED, ALLOWED) : List.of(ALLOWED, BLOCKED);
    AsyncHttpClient client = around.guardedOn(resolving(name -> both).build());

    ConnectionError error =
        failure(
            client.get(NAME + blocked.port() + "/").noRetry().asString(), ConnectionError.class);

    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.CONNECT);
    assertUntouched(blocked);
  }

  @Test
  void idleConnectionOfAnotherClientIsNotUsed() {
    ScriptedServer blocked = around.blocked();
    AsyncHttpClient open = wire.client();
    assertThat(value(open.getString(blocked.url("/")))).isEqualTo("secret");
    Eventually.holds(() -> open.stats().idleConnections() > 0, "an idle connection");

    failure(around.guarded().getString(blocked.url("/")), AddressBlockedError.class);

    assertThat(blocked.requests()).hasSize(1);
    assertThat(blocked.acceptedConnections()).isEqualTo(1);
  }

  @Test
  void nameIsLookedUpAgainThoughAnotherClientHasAConnection() throws Exception {
    ScriptedServer blocked = around.blocked();
    MockWebServer allowed = wire.closing(new MockWebServer());
    allowed.enqueue(ok());
    started(allowed, blocked.port());
    OkHttpClient own = resolving(answers(List.of(BLOCKED), List.of(ALLOWED))).build();
    String url = NAME + blocked.port() + "/";
    assertThat(value(wire.clientOn(own).getString(url))).isEqualTo("secret");
    Eventually.holds(() -> own.connectionPool().idleConnectionCount() == 1, "an idle one");

    assertThat(value(around.guardedOn(own).getString(url))).isEqualTo("ok");

    assertThat(blocked.requests()).hasSize(1);
  }

  /** A Dns that takes any other for itself makes OkHttp hand over any connection of the pool. */
  private record Careless(Dns dns) implements Dns {

    @Override
    public List<InetAddress> lookup(String name) throws UnknownHostException {
      return dns.lookup(name);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Dns;
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  @Test
  void connectionThatThePoolGaveAllTheSameIsJudgedBeforeTheRequestIsWritten() {
    ScriptedServer blocked = around.blocked();
    OkHttpClient own = resolving(new Careless(Dns.SYSTEM)).build();
    assertThat(value(wire.clientOn(own).getString(blocked.url("/")))).isEqualTo("secret");
    Eventually.holds(() -> own.connectionPool().idleConnectionCount() == 1, "an idle one");

    AddressBlockedError error =
        failure(
            around.guardedOn(own).post(blocked.url("/")).body("x", "text/plain").asString(),
            AddressBlockedError.class);

    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(blocked.requests()).hasSize(1);
  }

  @Test
  void connectionsAreSharedByClientsWithEqualGuards() {
    MockWebServer allowed = around.allowed(ok(), ok(), ok());
    AsyncHttpClient one = around.guarded();
    AsyncHttpClient other = around.guarded();
    for (AsyncHttpClient client : List.of(one, other, one)) {
      assertThat(value(client.getString(url(allowed, "/")))).isEqualTo("ok");
      Eventually.holds(() -> client.stats().idleConnections() > 0, "an idle connection");
    }
    assertThat(allowed.getRequestCount()).isEqualTo(3);
    assertThat(List.of(exchange(allowed), exchange(allowed), exchange(allowed)))
        .containsExactly(0, 1, 2);
  }

  private static int exchange(MockWebServer server) {
    try {
      return server.takeRequest().getExchangeIndex();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void connectionOfHttp2IsJudgedThoughItIsSharedOrOpenedForAnotherHost() throws Exception {
    HeldCertificate certificate =
        new HeldCertificate.Builder()
            .addSubjectAlternativeName("a.invalid")
            .addSubjectAlternativeName("b.invalid")
            .build();
    HandshakeCertificates keys =
        new HandshakeCertificates.Builder()
            .heldCertificate(certificate)
            .addTrustedCertificate(certificate.certificate())
            .build();
    MockWebServer server = wire.closing(new MockWebServer());
    server.useHttps(keys.sslSocketFactory());
    server.start(Neighbourhood.ANY, 0);
    OkHttpClient own =
        resolving(new Careless(answer(BLOCKED)))
            .sslSocketFactory(keys.sslSocketFactory(), keys.trustManager())
            .build();
    String port = ":" + server.getPort() + "/";
    server.enqueue(ok());
    assertThat(value(wire.clientOn(own).getString("https://a.invalid" + port))).isEqualTo("ok");
    AsyncHttpClient guarded = around.guardedOn(own);

    failure(guarded.getString("https://a.invalid" + port), AddressBlockedError.class);
    failure(guarded.getString("https://b.invalid" + port), AddressBlockedError.class);

    assertThat(server.getRequestCount()).isEqualTo(1);
    // And it was not broken by that.
    server.enqueue(ok());
    assertThat(value(wire.clientOn(own).getString("https://b.invalid" + port))).isEqualTo("ok");
    server.takeRequest();
    assertThat(exchange(server)).isEqualTo(1);
  }

  @Test
  void http2WithoutTlsIsJudged() throws Exception {
    ScriptedServer blocked = around.blocked();
    OkHttpClient own =
        new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();

    failure(around.guardedOn(own).getString(blocked.url("/")), AddressBlockedError.class);

    assertUntouched(blocked);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void urlThatAnInterceptorOfTheCallersRewritesIsJudged(boolean wraps) throws Exception {
    ScriptedServer blocked = around.blocked();
    HttpUrl elsewhere = HttpUrl.get(blocked.url("/"));
    Interceptor rewriting =
        chain -> {
          try {
            return chain.proceed(chain.request().newBuilder().url(elsewhere).build());
          } catch (IOException thrown) {
            throw wraps ? new IOException("mine", thrown) : thrown;
          }
        };
    OkHttpClient own = new OkHttpClient.Builder().addInterceptor(rewriting).build();

    AddressBlockedError error =
        failure(around.guardedOn(own).getString("http://shop.invalid/"), AddressBlockedError.class);

    assertThat(error).hasMessageContaining("127.0.0.1 leads to");
    assertUntouched(blocked);
  }

  @Test
  void socketOfTheCallersThatGoesElsewhereIsJudgedBeforeAnythingIsWritten() {
    Queue<Integer> read = new ConcurrentLinkedQueue<>();
    RawServer blocked = wire.closing(RawServer.start(peer -> read.add(peer.in().read())));
    OkHttpClient own =
        resolving(answer(ALLOWED))
            .socketFactory(new ReroutingSockets("", 0, blocked.port()))
            .build();
    AsyncHttpClient client = around.guardedOn(own);
    for (String scheme : List.of("http", "https")) {
      AddressBlockedError error =
          failure(client.getString(scheme + "://shop.invalid/"), AddressBlockedError.class);
      assertThat(error).hasMessageContaining("SocketFactory leads to a loopback address");
    }
    Eventually.holds(() -> read.size() == 2, "both to have ended");
    assertThat(read).containsOnly(-1);
  }

  @Test
  void socketOfTheCallersMayGoAnywhereWhereProxiesMay() {
    RawServer tunnel =
        wire.closing(
            RawServer.start(
                peer -> {
                  peer.head();
                  peer.respond(200, "ok");
                }));
    OkHttpClient own =
        resolving(answer(ALLOWED))
            .socketFactory(new ReroutingSockets("", 0, tunnel.port()))
            .build();
    wire.closing(() -> own.connectionPool().evictAll());
    AsyncHttpClient client =
        wire.client(
            builder -> builder.okHttp(own).addressGuard(Neighbourhood.GUARD.allowProxies()));

    assertThat(value(client.getString("http://shop.invalid/"))).isEqualTo("ok");
  }

  @Test
  void allowedAddressThatIsSilentTimesOut() {
    OkHttpClient own =
        resolving(answer(BLOCKED, ALLOWED))
            .addNetworkInterceptor(
                chain -> {
                  throw new AssertionError("connected");
                })
            .build();
    RawServer silent = wire.closing(RawServer.start(RawServer.Peer::stall));

    // TLS has no answer from it: nothing but the blocked address would.
    FetchTimeoutError error =
        failure(
            wire.client(
                    builder ->
                        builder
                            .okHttp(
                                own.newBuilder()
                                    .socketFactory(new ReroutingSockets("", 0, silent.port()))
                                    .build())
                            .connectTimeout(Duration.ofMillis(300))
                            .addressGuard(Neighbourhood.GUARD.allowProxies()))
                .get("https://shop.invalid/")
                .noRetry()
                .asString(),
            FetchTimeoutError.class);

    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.CONNECT);
  }
}
