package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import okhttp3.Cache;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A caller's own jar of cookies, and cache, behind the pipeline. */
@Timeout(60)
class CookiesAndCacheWireTest {

  private static final Map<String, String> FRESH = Map.of("Cache-Control", "max-age=600");
  private static final Map<String, String> STALE =
      Map.of("Cache-Control", "max-age=0", "ETag", "\"v1\"");

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  @TempDir Path folder;

  private AsyncHttpClient caching() {
    Cache cache = wire.closing(new Cache(folder.toFile(), 10_000_000));
    return wire.clientOn(new OkHttpClient.Builder().cache(cache).build());
  }

  private AsyncHttpClient withJar() {
    return wire.clientOn(new OkHttpClient.Builder().cookieJar(new Jar()).build());
  }

  private static Script cookies() {
    return e -> e.respond(200, "got " + e.request().headers("Cookie"));
  }

  @Test
  void cookieThatARedirectSetsReachesTheNextHop() {
    ScriptedServer server =
        wire.server(
            Script.inOrder(
                Scripts.respond(302, Map.of("Location", "/home", "Set-Cookie", "sid=42"), ""),
                cookies()));
    AsyncHttpClient client = withJar();
    assertThat(value(client.post(server.url("/login")).asString())).isEqualTo("got [sid=42]");
    assertThat(value(client.getString(server.url("/again")))).isEqualTo("got [sid=42]");
  }

  @Test
  void cookiesGoToTheirOwnHostOnly() {
    ScriptedServer other = wire.server(cookies());
    String elsewhere = "http://localhost:" + other.port() + "/";
    ScriptedServer server =
        wire.server(
            Script.inOrder(
                Scripts.respond(200, Map.of("Set-Cookie", "sid=42"), ""),
                Scripts.redirect(elsewhere)));
    AsyncHttpClient client = withJar();
    assertThat(value(client.getString(server.url("/")))).isEmpty();
    assertThat(value(client.getString(server.url("/")))).isEqualTo("got []");
  }

  @Test
  void cookieOfAFailedAttemptReachesTheNextOne() {
    ScriptedServer server =
        wire.server(
            Script.inOrder(Scripts.respond(503, Map.of("Set-Cookie", "sid=42"), ""), cookies()));
    assertThat(value(withJar().getString(server.url("/")))).isEqualTo("got [sid=42]");
  }

  @Test
  void freshEntryIsTheAnswerWithoutTheServer() {
    ScriptedServer server = wire.server(Scripts.respond(200, FRESH, "kept"));
    AsyncHttpClient client = caching();
    String url = server.url("/");
    assertThat(value(client.getString(url))).isEqualTo("kept");
    FetchResponse second = value(client.get(url).asResponse());
    assertThat(second.text()).isEqualTo("kept");
    assertThat(second.status()).isEqualTo(200);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void staleEntryThatTheServerConfirmsIsTheAnswer() {
    ScriptedServer server =
        wire.server(
            Script.inOrder(Scripts.respond(200, STALE, "kept"), Scripts.respond(304, STALE, "")));
    AsyncHttpClient client = caching();
    String url = server.url("/");
    assertThat(value(client.getString(url))).isEqualTo("kept");
    FetchResponse second = value(client.get(url).asResponse());
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.text()).isEqualTo("kept");
    assertThat(server.requests().get(1).header("If-None-Match")).isEqualTo("\"v1\"");
  }

  @Test
  void staleEntryThatTheServerReplacesIsNot() {
    ScriptedServer server =
        wire.server(
            Script.inOrder(Scripts.respond(200, STALE, "old"), Scripts.respond(200, FRESH, "new")));
    AsyncHttpClient client = caching();
    String url = server.url("/");
    assertThat(value(client.getString(url))).isEqualTo("old");
    assertThat(value(client.getString(url))).isEqualTo("new");
    assertThat(value(client.getString(url))).isEqualTo("new");
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void failureToConfirmAStaleEntryIsRetried() {
    ScriptedServer server =
        wire.server(
            Script.inOrder(
                Scripts.respond(200, STALE, "kept"),
                Scripts.respond(503, "later"),
                Scripts.respond(304, STALE, "")));
    AsyncHttpClient client = caching();
    String url = server.url("/");
    assertThat(value(client.getString(url))).isEqualTo("kept");
    FetchResponse second = value(client.get(url).asResponse());
    assertThat(second.text()).isEqualTo("kept");
    assertThat(second.attempts()).isEqualTo(2);
  }

  @Test
  void cacheThatHasNothingWhereOnlyItIsAskedIsAskedOnce() {
    ScriptedServer server = wire.server(Scripts.respond(200, "never"));
    ServerStatusError error =
        failure(
            caching()
                .get(server.url("/"))
                .header("Cache-Control", "only-if-cached, max-stale=60")
                .asString(),
            ServerStatusError.class);
    assertThat(error.status()).isEqualTo(504);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void redirectThatIsKeptLeadsOnWithoutTheFirstServer() {
    Map<String, String> moved = Map.of("Location", "/new", "Cache-Control", "max-age=600");
    ScriptedServer server =
        wire.server(
            e -> {
              if (e.request().path().equals("/old")) {
                e.respond(301, moved, "moved");
              } else {
                e.respond(200, "here");
              }
            });
    AsyncHttpClient client = caching();
    for (int i = 0; i < 3; i++) {
      assertThat(value(client.getString(server.url("/old")))).isEqualTo("here");
    }
    assertThat(server.requests()).hasSize(4);
  }

  @Test
  void keptBodyIsStreamedAndLimitedLikeOthers() throws Exception {
    ScriptedServer server = wire.server(Scripts.respond(200, FRESH, "x".repeat(50_000)));
    AsyncHttpClient client = caching();
    String url = server.url("/");
    assertThat(value(client.getString(url))).hasSize(50_000);
    try (StreamedResponse streamed = value(client.get(url).asStream())) {
      byte[] body = streamed.inputStream().readAllBytes();
      assertThat(new String(body, StandardCharsets.US_ASCII)).hasSize(50_000);
    }
    BodyTooLargeError error =
        failure(client.get(url).maxResponseBytes(100).asString(), BodyTooLargeError.class);
    assertThat(error.limit()).isEqualTo(100);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void callersOwnConditionGetsThe304() {
    ScriptedServer server = wire.server(Scripts.respond(304, STALE, ""));
    FetchResponse response =
        value(wire.client().get(server.url("/")).header("If-None-Match", "\"v1\"").asResponse());
    assertThat(response.status()).isEqualTo(304);
    assertThat(response.body()).isEmpty();
  }

  /** Keeps all that it is given, and gives what matches. */
  private static final class Jar implements CookieJar {

    private final List<Cookie> kept = new CopyOnWriteArrayList<>();

    @Override
    public List<Cookie> loadForRequest(HttpUrl url) {
      return kept.stream().filter(cookie -> cookie.matches(url)).toList();
    }

    @Override
    public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {
      kept.addAll(cookies);
    }
  }
}
