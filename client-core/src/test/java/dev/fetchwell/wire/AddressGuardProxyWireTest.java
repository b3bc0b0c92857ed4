package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static dev.fetchwell.wire.Neighbourhood.GUARD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.AddressBlockedError;
import dev.fetchwell.policy.AddressGuard;
import dev.fetchwell.testserver.Proxies;
import dev.fetchwell.testserver.RawServer;
import dev.fetchwell.testserver.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A guarded client with a proxy: nobody here sees where that connects to. */
@Timeout(60)
class AddressGuardProxyWireTest {

  private static final String PLAIN = "http://shop.invalid/";
  private static final String SECURE = "https://shop.invalid/";

  private static final String REDIRECT =
      "HTTP/1.1 302 A\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n";

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private AsyncHttpClient through(OkHttpClient.Builder own, AddressGuard guard) {
    OkHttpClient client = own.build();
    wire.closing(() -> client.connectionPool().evictAll());
    return wire.client(builder -> builder.okHttp(client).addressGuard(guard));
  }

  private AsyncHttpClient through(Proxy proxy, AddressGuard guard) {
    return through(new OkHttpClient.Builder().proxy(proxy), guard);
  }

  private static Proxy proxy(Proxy.Type type, RawServer server) {
    return new Proxy(type, server.address());
  }

  private static ProxySelector selecting(Proxy... proxies) {
    return new ProxySelector() {

      @Override
      public List<Proxy> select(URI url) {
        return List.of(proxies);
      }

      @Override
      public void connectFailed(URI url, SocketAddress address, IOException failure) {
        throw new AssertionError("it was not asked", failure);
      }
    };
  }

  private RawServer answering() {
    return wire.closing(
        RawServer.start(
            peer -> {
              String head = peer.head();
              peer.respond(200, head.substring(0, head.indexOf(" HTTP")));
            }));
  }

  @ParameterizedTest
  @CsvSource({"HTTP, " + PLAIN, "HTTP, " + SECURE, "SOCKS, " + PLAIN, "SOCKS, " + SECURE})
  void proxyIsRefusedAndNotAskedUnlessItIsAllowed(Proxy.Type type, String url) {
    RawServer server = wire.closing(RawServer.start(Proxies.stalls()));
    AsyncHttpClient client = through(proxy(type, server), GUARD.allow("127.0.0.1"));

    AddressBlockedError error = failure(client.getString(url), AddressBlockedError.class);

    assertThat(error)
        .hasMessageContaining(
            "the way to shop.invalid is through the proxy %s:%s, and this client's address guard"
                + " cannot judge where that connects to (AddressGuard.allowProxies() if the proxy"
                + " judges it, else set Proxy.NO_PROXY)",
            server.address().getHostString(), server.port());
    assertThat(error.address()).isEmpty();
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(server.acceptedConnections()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void proxyOfASelectorIsRefusedAlsoBesideADirectWay(boolean directFirst) {
    RawServer server = answering();
    Proxy proxy = proxy(Proxy.Type.HTTP, server);
    ProxySelector selector =
        directFirst ? selecting(Proxy.NO_PROXY, proxy) : selecting(proxy, Proxy.NO_PROXY);
    AsyncHttpClient client =
        through(new OkHttpClient.Builder().proxySelector(selector), GUARD.allow("127.0.0.1"));

    failure(client.getString(PLAIN), AddressBlockedError.class);

    assertThat(server.acceptedConnections()).isZero();
  }

  @Test
  void proxyOfTheJvmIsRefused() {
    RawServer server = answering();
    AsyncHttpClient client = wire.client(builder -> builder.addressGuard(GUARD));
    AsyncHttpClient allowing = wire.client(builder -> builder.addressGuard(GUARD.allowProxies()));
    wire.closing(
        () -> {
          System.clearProperty("http.proxyHost");
          System.clearProperty("http.proxyPort");
        });
    System.setProperty("http.proxyHost", "127.0.0.1");
    System.setProperty("http.proxyPort", "" + server.port());

    failure(client.getString(PLAIN), AddressBlockedError.class);
    assertThat(server.acceptedConnections()).isZero();
    assertThat(value(allowing.getString(PLAIN))).isEqualTo("GET " + PLAIN);
  }

  @Test
  void directWayIsJudgedThoughProxiesAreAllowed() {
    RawServer server = answering();
    AsyncHttpClient client =
        through(
            new OkHttpClient.Builder().proxySelector(selecting(Proxy.NO_PROXY)),
            GUARD.allowProxies());

    failure(client.getString(server.url("/")), AddressBlockedError.class);

    assertThat(server.acceptedConnections()).isZero();
  }

  @Test
  void allowedProxyLooksUpNamesAndItsOwnAddressIsNotJudged() throws Exception {
    RawServer server = answering();
    AsyncHttpClient client =
        through(proxy(Proxy.Type.HTTP, server), AddressGuard.publicOnly().allowProxies());

    assertThat(value(client.getString(PLAIN))).isEqualTo("GET " + PLAIN);
  }

  @Test
  void tunnelThroughAnAllowedProxyWorks() throws Exception {
    MockWebServer proxy = wire.closing(new MockWebServer());
    proxy.useHttps(TestCertificates.trusted().getSocketFactory());
    proxy.enqueue(new MockResponse.Builder().inTunnel().build());
    proxy.enqueue(new MockResponse.Builder().body("safe").build());
    proxy.start(InetAddress.getLoopbackAddress(), 0);
    AsyncHttpClient client =
        through(
            ClientsAndServers.trusting()
                .hostnameVerifier((host, session) -> true)
                .proxy(new Proxy(Proxy.Type.HTTP, proxy.getSocketAddress())),
            AddressGuard.publicOnly().allowProxies());

    assertThat(value(client.getString(SECURE))).isEqualTo("safe");
  }

  @ParameterizedTest
  @CsvSource({
    "169.254.169.254, a link-local address",
    "127.0.0.1, a loopback address",
    "[::ffff:10.0.0.1], a private address",
    "[fd00:ec2::254], a unique-local address",
    "2852039166, an address in an unusual form",
    "0xa9fea9fe, an address in an unusual form",
    "0251.0376.0251.0376, an address in an unusual form",
    "169.254.43518, an address in an unusual form",
    "0x7f.1, an address in an unusual form",
    "127.1., an address in an unusual form",
  })
  void addressInPlaceOfANameIsJudgedAlsoForAProxy(String host, String kind) {
    for (Proxy.Type type : List.of(Proxy.Type.HTTP, Proxy.Type.SOCKS)) {
      RawServer server = answering();
      AsyncHttpClient client = through(proxy(type, server), GUARD.allowProxies());
      for (String scheme : List.of("http", "https")) {
        AddressBlockedError error =
            failure(client.getString(scheme + "://" + host + "/"), AddressBlockedError.class);
        assertThat(error).hasMessageContaining(" is " + kind + ", which");
      }
      assertThat(server.acceptedConnections()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Proxy.Type.class,
      names = {"HTTP", "SOCKS"})
  void redirectBehindAProxyIsJudged(Proxy.Type type) {
    RawServer server =
        wire.closing(
            RawServer.start(
                peer -> {
                  if (type == Proxy.Type.SOCKS) {
                    peer.read(3);
                    peer.write(new byte[] {5, 0});
                    peer.read(4 + 1 + "shop.invalid".length() + 2);
                    peer.write(new byte[] {5, 0, 0, 1, 8, 8, 8, 8, 0, 80});
                  }
                  peer.head();
                  peer.write(REDIRECT);
                  peer.stall();
                }));
    AsyncHttpClient client = through(proxy(type, server), GUARD.allowProxies());

    AddressBlockedError error = failure(client.getString(PLAIN), AddressBlockedError.class);

    assertThat(error).hasMessageContaining("169.254.169.254 is a link-local address");
    assertThat(server.acceptedConnections()).isEqualTo(1);
  }
}
