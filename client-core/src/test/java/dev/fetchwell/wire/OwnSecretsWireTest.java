package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testserver.ReceivedRequest;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.util.List;
import okhttp3.Authenticator;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets that a caller's own OkHttp client puts on do not follow a redirect either. */
class OwnSecretsWireTest {

  private static final List<String> SECRETS = List.of("Authorization", "X-Api-Key", "Cookie");

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private ScriptedServer other;
  private ScriptedServer server;

  @BeforeEach
  void startServers() {
    other = wire.server(Scripts.respond(200, "other"));
    server = wire.server(Scripts.redirect(other.url("/there")));
  }

  private static Interceptor secretive() {
    return chain ->
        chain.proceed(
            chain
                .request()
                .newBuilder()
                .header("Authorization", "Bearer s3cr3t")
                .header("X-Api-Key", "s3cr3t")
                .header("Cookie", "id=s3cr3t")
                .header("X-Plain", "p")
                .build());
  }

  private ReceivedRequest there(OkHttpClient own) {
    assertThat(value(wire.clientOn(own).getString(server.url("/")))).isEqualTo("other");
    return other.requests().get(0);
  }

  private void assertSecretsStayed(ReceivedRequest there) {
    for (String secret : SECRETS) {
      assertThat(server.requests().get(0).headers(secret)).as(secret).hasSize(1);
      assertThat(there.headers(secret)).as(secret).isEmpty();
    }
    assertThat(there.headers("X-Plain")).containsExactly("p");
  }

  @Test
  void interceptorsSecretsDoNotFollowARedirect() {
    assertSecretsStayed(there(new OkHttpClient.Builder().addInterceptor(secretive()).build()));
  }

  @Test
  void networkInterceptorsSecretsDoNotFollowARedirect() {
    OkHttpClient own = new OkHttpClient.Builder().addNetworkInterceptor(secretive()).build();
    assertSecretsStayed(there(own));
  }

  @Test
  void requestThatAnInterceptorMadeItselfIsNoWayOut() {
    Interceptor remaking =
        chain ->
            chain.proceed(
                new okhttp3.Request.Builder()
                    .url(chain.request().url())
                    .header("Authorization", "Bearer s3cr3t")
                    .build());
    there(new OkHttpClient.Builder().addInterceptor(remaking).build());
    assertThat(other.requests().get(0).headers("Authorization")).isEmpty();
  }

  @Test
  void secretsStayOnARedirectWithinTheOrigin() {
    ScriptedServer alone =
        wire.server(
            exchange -> {
              boolean start = exchange.request().path().equals("/");
              (start ? Scripts.redirect("/next") : Scripts.respond(200, "")).handle(exchange);
            });
    OkHttpClient own = new OkHttpClient.Builder().addNetworkInterceptor(secretive()).build();
    value(wire.clientOn(own).getString(alone.url("/")));
    assertThat(alone.requests().get(1).headers("Authorization")).hasSize(1);
  }

  @Test
  void cookiesOfAJarAreTheNewOriginsOwnAndStay() {
    CookieJar jar = jar(server.port(), other.port());
    assertThat(there(new OkHttpClient.Builder().cookieJar(jar).build()).headers("Cookie"))
        .containsExactly("port=" + other.port());
    assertThat(server.requests().get(0).headers("Cookie")).containsExactly("port=" + server.port());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void besideAJarCookiesOfInterceptorsStillDoNotFollow(boolean onTheNetwork) {
    OkHttpClient.Builder own = new OkHttpClient.Builder().cookieJar(jar(server.port()));
    (onTheNetwork ? own.networkInterceptors() : own.interceptors()).add(secretive());
    assertThat(there(own.build()).headers("Cookie")).isEmpty();
  }

  /** A jar that has a cookie for each of the ports; real ones do not tell ports apart. */
  private static CookieJar jar(Integer... ports) {
    return new CookieJar() {

      @Override
      public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {}

      @Override
      public List<Cookie> loadForRequest(HttpUrl url) {
        return List.of(ports).contains(url.port())
            ? List.of(
                new Cookie.Builder().domain(url.host()).name("port").value("" + url.port()).build())
            : List.of();
      }
    };
  }

  @Test
  void authenticatorAnswersTheFirstOriginOnly() {
    ScriptedServer closed = wire.server(Scripts.respond(401, "who are you"));
    ScriptedServer leading = wire.server(Scripts.redirect(closed.url("/")));
    Authenticator careful =
        (route, response) ->
            response.request().header("Authorization") == null
                ? response.request().newBuilder().header("Authorization", "s3cr3t").build()
                : null;
    AsyncHttpClient client =
        wire.clientOn(new OkHttpClient.Builder().authenticator(careful).build());
    assertThat(value(client.get(leading.url("/")).asResponse()).status()).isEqualTo(401);
    assertThat(closed.requests())
        .hasSize(2)
        .allSatisfy(r -> assertThat(r.headers("Authorization")).isEmpty());
  }
}
