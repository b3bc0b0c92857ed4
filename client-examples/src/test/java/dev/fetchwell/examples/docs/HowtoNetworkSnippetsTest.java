package dev.fetchwell.examples.docs;

import static dev.fetchwell.examples.docs.LocalServers.base;
import static dev.fetchwell.examples.docs.LocalServers.failure;
import static dev.fetchwell.examples.docs.LocalServers.text;
import static dev.fetchwell.examples.docs.LocalServers.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.http.FetchResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What docs/howto.md shows of proxies, TLS, HTTP/2, cookies and caches works. */
@Timeout(60)
class HowtoNetworkSnippetsTest {

  private static final HeldCertificate AUTHORITY =
      new HeldCertificate.Builder().certificateAuthority(0).build();
  private static final HeldCertificate SERVER =
      new HeldCertificate.Builder()
          .signedBy(AUTHORITY)
          .addSubjectAlternativeName("localhost")
          .addSubjectAlternativeName("127.0.0.1")
          .build();
  private static final HeldCertificate CLIENT =
      new HeldCertificate.Builder().commonName("orders").signedBy(AUTHORITY).build();

  @RegisterExtension final LocalServers servers = new LocalServers();

  @TempDir Path folder;

  private static HandshakeCertificates ofServer() {
    return new HandshakeCertificates.Builder()
        .heldCertificate(SERVER)
        .addTrustedCertificate(AUTHORITY.certificate())
        .build();
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static MockResponse ofProxy(RecordedRequest request) {
    // ada:secret
    if (!"Basic YWRhOnNlY3JldA==".equals(request.getHeaders().get("Proxy-Authorization"))) {
      return new MockResponse.Builder()
          .code(407)
          .addHeader("Proxy-Authenticate", "Basic realm=\"proxy\"")
          .build();
    }
    return request.getMethod().equals("CONNECT")
        ? new MockResponse.Builder().inTunnel().build()
        : text("by the proxy: " + request.getUrl());
  }

  @Test
  void proxyGetsItsPassword() throws Exception {
    MockWebServer proxy = servers.answering(HowtoNetworkSnippetsTest::ofProxy);
    AsyncHttpClient client =
        servers.closing(HowtoNetworkSnippets.proxy("127.0.0.1", proxy.getPort(), "ada", "secret"));
    assertThat(value(client.getString("http://api.example.com/users")))
        .isEqualTo("by the proxy: http://api.example.com/users");
    assertThat(proxy.getRequestCount()).isEqualTo(2);
  }

  @Test
  void passwordGoesWithTheWishForATunnel() throws Exception {
    MockWebServer proxy = servers.answering(HowtoNetworkSnippetsTest::ofProxy);
    AsyncHttpClient client =
        servers.closing(HowtoNetworkSnippets.proxy("127.0.0.1", proxy.getPort(), "ada", "secret"));
    // Behind this proxy is no server that speaks TLS: how that ends, by an error or by time, is no
    // matter.
    failure(client.get("https://api.example.com/").noRetry().asString(), FetchError.class);
    RecordedRequest first = proxy.takeRequest();
    assertThat(first.getRequestLine()).startsWith("CONNECT api.example.com:443");
    assertThat(first.getHeaders().get("Proxy-Authorization")).isNotNull();
  }

  @Test
  void wrongPasswordOfAProxyIsNotTriedAgain() throws Exception {
    MockWebServer proxy = servers.answering(HowtoNetworkSnippetsTest::ofProxy);
    AsyncHttpClient client =
        servers.closing(HowtoNetworkSnippets.proxy("127.0.0.1", proxy.getPort(), "ada", "wrong"));
    HttpStatusError plain =
        failure(client.getString("http://api.example.com/"), HttpStatusError.class);
    assertThat(plain.status()).isEqualTo(407);
    assertThat(proxy.getRequestCount()).isEqualTo(2);
    ConnectionError tunnel =
        failure(client.getString("https://api.example.com/"), ConnectionError.class);
    assertThat(tunnel).hasMessageContaining("wants credentials");
    assertThat(proxy.getRequestCount()).isEqualTo(3);
  }

  @Test
  void serverOfAPrivateAuthorityIsTrusted() throws Exception {
    MockWebServer server =
        servers.secured(ofServer().sslSocketFactory(), request -> text("inside"));
    Path pem = file("ca.pem", AUTHORITY.certificatePem());
    AsyncHttpClient client = servers.closing(HowtoNetworkSnippets.authority(pem, base(server)));
    assertThat(value(client.getString("/"))).isEqualTo("inside");
    try (AsyncHttpClient stranger = AsyncHttpClient.create()) {
      ConnectionError error = failure(stranger.getString(base(server)), ConnectionError.class);
      assertThat(error.kind()).isEqualTo(ConnectionError.Kind.TLS);
    }
  }

  @Test
  void serverSeesTheCertificateOfItsClient() throws Exception {
    MockWebServer server =
        servers.notStarted(request -> text(request.getHandshake().peerPrincipal().getName()));
    server.useHttps(ofServer().sslSocketFactory());
    server.requireClientAuth();
    LocalServers.start(server);
    Path authority = file("ca.pem", AUTHORITY.certificatePem());
    Path certificate = file("client.pem", CLIENT.certificatePem());
    Path key = file("client.key", CLIENT.privateKeyPkcs8Pem());
    AsyncHttpClient client =
        servers.closing(HowtoNetworkSnippets.mutualTls(certificate, key, authority, base(server)));
    assertThat(value(client.getString("/"))).isEqualTo("CN=orders");

    AsyncHttpClient without =
        servers.closing(HowtoNetworkSnippets.authority(authority, base(server)));
    failure(without.getString("/"), ConnectionError.class);
  }

  @Test
  void http2NeedsNoTls() throws Exception {
    MockWebServer server = servers.notStarted(request -> text(request.getVersion()));
    server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    LocalServers.start(server);
    AsyncHttpClient client = servers.closing(HowtoNetworkSnippets.plainHttp2(base(server)));
    assertThat(value(client.getString("/"))).startsWith("HTTP/2");
    String secure = "https://127.0.0.1:" + server.getPort() + "/";
    assertThat(failure(client.get(secure).noRetry().asString(), ConnectionError.class))
        .hasMessageContaining("H2_PRIOR_KNOWLEDGE cannot be used with HTTPS");
  }

  private static MockResponse cookie(RecordedRequest request) {
    return text(String.valueOf(request.getHeaders().get("Cookie")));
  }

  @Test
  void cookiesOfALoginAreSentAfterIt() throws Exception {
    MockWebServer server =
        servers.answering(
            request ->
                request.getTarget().equals("/login")
                    ? new MockResponse.Builder()
                        .addHeader("Set-Cookie", "sid=42; Path=/; HttpOnly")
                        .build()
                    : cookie(request));
    AsyncHttpClient client = servers.closing(HowtoNetworkSnippets.cookies(base(server)));
    assertThat(value(client.getString("/me"))).isEqualTo("null");
    value(client.post("/login").asVoid());
    assertThat(value(client.getString("/me"))).isEqualTo("sid=42");
    MockWebServer other = servers.answering(HowtoNetworkSnippetsTest::cookie);
    assertThat(value(client.getString("http://localhost:" + other.getPort()))).isEqualTo("null");
  }

  @Test
  void confirmedAnswerComesFromTheCache() throws Exception {
    MockWebServer server =
        servers.answering(
            request -> {
              MockResponse.Builder answer =
                  new MockResponse.Builder()
                      .addHeader("ETag", "\"v1\"")
                      .addHeader("Cache-Control", "max-age=0");
              return "\"v1\"".equals(request.getHeaders().get("If-None-Match"))
                  ? answer.code(304).build()
                  : answer.body("prices").build();
            });
    AsyncHttpClient client =
        servers.closing(HowtoNetworkSnippets.cache(folder.resolve("cache"), base(server)));
    assertThat(value(client.getString("/prices"))).isEqualTo("prices");
    server.takeRequest();
    FetchResponse second = value(client.get("/prices").asResponse());
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.text()).isEqualTo("prices");
    assertThat(server.takeRequest().getHeaders().get("If-None-Match")).isEqualTo("\"v1\"");
  }

  @Test
  void cacheDoesNotTellUsersApart() throws Exception {
    MockWebServer server =
        servers.answering(
            request ->
                new MockResponse.Builder()
                    .addHeader("Cache-Control", "private, max-age=60")
                    .body("for " + request.getHeaders().get("Authorization"))
                    .build());
    AsyncHttpClient client =
        servers.closing(HowtoNetworkSnippets.cache(folder.resolve("cache"), base(server)));
    assertThat(value(client.get("/me").bearer("ada").asString())).isEqualTo("for Bearer ada");
    assertThat(value(client.get("/me").bearer("bob").asString())).isEqualTo("for Bearer ada");
    assertThat(
            value(client.get("/me").bearer("bob").header("Cache-Control", "no-cache").asString()))
        .isEqualTo("for Bearer bob");
  }
}
