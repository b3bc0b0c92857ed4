package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.ConnectionError.Kind;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.testserver.DeadEnds;
import dev.fetchwell.testserver.Proxies;
import dev.fetchwell.testserver.RawServer;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import dev.fetchwell.testserver.TestCertificates;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import okhttp3.Call;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a caller's own OkHttp parts throw is theirs: told as it is, and not tried again. */
@Timeout(60)
class OwnCodeThrowsWireTest {

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private static IllegalStateException mine() {
    return new IllegalStateException("no token");
  }

  static Stream<Arguments> parts() {
    return Stream.of(interceptors(), networkInterceptors(), others()).flatMap(kind -> kind);
  }

  private static Stream<Arguments> interceptors() {
    return Stream.of(
        part(
            "interceptor, unchecked",
            b ->
                b.addInterceptor(
                    chain -> {
                      throw mine();
                    })),
        part(
            "interceptor, IOException",
            b ->
                b.addInterceptor(
                    chain -> {
                      throw new IOException("no token");
                    })),
        part(
            "interceptor, after the answer",
            b ->
                b.addInterceptor(
                    chain -> {
                      chain.proceed(chain.request()).close();
                      throw mine();
                    })),
        part(
            "interceptor, IOException after the answer",
            b ->
                b.addInterceptor(
                    chain -> {
                      chain.proceed(chain.request()).close();
                      throw new IOException("no token");
                    })),
        part(
            "interceptor, IOException that suppresses a breach of protocol",
            b ->
                b.addInterceptor(
                    chain -> {
                      chain.proceed(chain.request()).close();
                      IOException own = new IOException("no token");
                      own.addSuppressed(new ProtocolException("not the server's"));
                      throw own;
                    })));
  }

  private static Stream<Arguments> networkInterceptors() {
    return Stream.of(
        part(
            "network interceptor, unchecked",
            b ->
                b.addNetworkInterceptor(
                    chain -> {
                      throw mine();
                    })),
        part(
            "network interceptor, IOException",
            b ->
                b.addNetworkInterceptor(
                    chain -> {
                      throw new IOException("no token");
                    })),
        part(
            "network interceptor, after the answer",
            b ->
                b.addNetworkInterceptor(
                    chain -> {
                      chain.proceed(chain.request()).close();
                      throw mine();
                    })));
  }

  private static Stream<Arguments> others() {
    return Stream.of(
        part(
            "dns",
            b ->
                b.dns(
                    host -> {
                      throw mine();
                    })),
        part("jar, loading", b -> b.cookieJar(new ThrowingJar(true))),
        part("jar, saving", b -> b.cookieJar(new ThrowingJar(false))),
        part(
            "authenticator, unchecked",
            b ->
                b.authenticator(
                    (route, response) -> {
                      throw mine();
                    })),
        part(
            "authenticator, IOException",
            b ->
                b.authenticator(
                    (route, response) -> {
                      throw new IOException("no token");
                    })),
        part(
            "listener, before it is sent",
            b ->
                b.eventListener(
                    new EventListener() {
                      @Override
                      public void callStart(Call call) {
                        throw mine();
                      }
                    })),
        part(
            "listener, after it is sent",
            b ->
                b.eventListener(
                    new EventListener() {
                      @Override
                      public void responseHeadersEnd(Call call, Response response) {
                        throw mine();
                      }
                    })));
  }

  private static Arguments part(String name, UnaryOperator<OkHttpClient.Builder> change) {
    return Arguments.of(name, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("parts")
  void whatACallersPartThrowsIsUnexpectedAndNotRepeated(
      String name, UnaryOperator<OkHttpClient.Builder> change) {
    ScriptedServer server = wire.server(Scripts.respond(401, Map.of("Set-Cookie", "a=b"), "who"));
    // By name, as no lookup is made of an address.
    String url = "http://localhost:" + server.port() + "/";
    OkHttpClient own = change.apply(new OkHttpClient.Builder()).build();
    UnexpectedError error = failure(wire.clientOn(own).getString(url), UnexpectedError.class);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error).hasMessageContaining("Exception: no token");
    assertThat(error.getCause()).hasMessage("no token");
    assertThat(server.requests()).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void proxyAuthenticatorThatThrowsIsUnexpectedToo() {
    RawServer proxy = wire.closing(RawServer.start(Proxies.answers("HTTP/1.1 407 No\r\n\r\n")));
    OkHttpClient own =
        new OkHttpClient.Builder()
            .proxy(new Proxy(Proxy.Type.HTTP, proxy.address()))
            .proxyAuthenticator(
                (route, response) -> {
                  if (response.header("Proxy-Authenticate", "").startsWith("OkHttp")) {
                    return null;
                  }
                  throw mine();
                })
            .build();
    UnexpectedError error =
        failure(wire.clientOn(own).getString("https://shop.invalid/"), UnexpectedError.class);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error).hasMessageContaining("no token");
  }

  @Test
  void failureOfTheNetworkThatPassesThroughAnInterceptorIsTheNetworks() {
    AtomicInteger seen = new AtomicInteger();
    OkHttpClient own =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  try {
                    return chain.proceed(chain.request());
                  } catch (IOException e) {
                    seen.incrementAndGet();
                    throw new IOException("it said " + e.getMessage(), e);
                  }
                })
            .build();
    ConnectionError error =
        failure(
            wire.clientOn(own).getString("http://127.0.0.1:" + DeadEnds.refusedPort() + "/"),
            ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.CONNECT);
    assertThat(error.attempts()).isEqualTo(3);
    assertThat(seen).hasValue(3);
  }

  @Test
  void lostConnectionBelowACallersNetworkInterceptorIsRetried() {
    ScriptedServer server = wire.server(Script.inOrder(e -> e.close(), Scripts.respond(200, "ok")));
    OkHttpClient own =
        new OkHttpClient.Builder()
            .addInterceptor(chain -> chain.proceed(chain.request()))
            .addNetworkInterceptor(chain -> chain.proceed(chain.request()))
            .build();
    FetchResponse response = value(wire.clientOn(own).get(server.url("/")).asResponse());
    assertThat(response.attempts()).isEqualTo(2);
  }

  @Test
  void malformedAnswerBelowACallersInterceptorIsTheServers() {
    ScriptedServer server = wire.server(e -> e.raw("HTTP/1.1 2x0 OK\r\n\r\n"));
    OkHttpClient own =
        new OkHttpClient.Builder()
            .addNetworkInterceptor(chain -> chain.proceed(chain.request()))
            .build();
    ConnectionError error =
        failure(wire.clientOn(own).post(server.url("/")).asString(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.PROTOCOL);
  }

  @Test
  void malformedAnswerToAClientWithoutInterceptorsIsTheServers() {
    ScriptedServer server =
        wire.server(e -> e.raw("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"));
    ConnectionError error =
        failure(
            wire.clientOn(new OkHttpClient()).post(server.url("/")).asString(),
            ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.PROTOCOL);
  }

  @Test
  void nameThatACallersLookupDoesNotKnowIsAsAnyOther() {
    OkHttpClient own =
        new OkHttpClient.Builder()
            .dns(
                host -> {
                  throw new UnknownHostException(host);
                })
            .build();
    ConnectionError error =
        failure(
            wire.clientOn(own).get("http://shop.test/").noRetry().asString(),
            ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.DNS);
  }

  @Test
  void certificateThatNobodyTrustsSaysWhatToDo() {
    ScriptedServer server =
        wire.tlsServer(TestCertificates.untrusted(), Scripts.respond(200, "never"));
    ConnectionError error =
        failure(wire.client().getString(server.url("/")), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.TLS);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error)
        .hasMessageContaining("localhost")
        .hasMessageContaining("give okHttp(...) an OkHttpClient whose trust manager knows it");
  }

  @Test
  void certificateOfAnotherHostIsNoQuestionOfTrust() {
    ScriptedServer server =
        wire.tlsServer(TestCertificates.wrongHost(), Scripts.respond(200, "never"));
    ConnectionError error =
        failure(wire.trustingClient().getString(server.url("/")), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.TLS);
    assertThat(error).hasMessageContaining("not verified").hasMessageNotContaining("trust manager");
  }

  private record ThrowingJar(boolean atLoading) implements CookieJar {

    @Override
    public List<Cookie> loadForRequest(HttpUrl url) {
      if (atLoading) {
        throw mine();
      }
      return List.of();
    }

    @Override
    public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {
      throw mine();
    }
  }
}
