package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A caller's own OkHttp client: used as it is, and left as it was. */
class OwnOkHttpWireTest {

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  @Test
  void itsInterceptorsAndListenersAreUsed() {
    ScriptedServer server = wire.server(e -> e.respond(200, e.request().headers("X-Own") + ""));
    List<String> heard = new CopyOnWriteArrayList<>();
    OkHttpClient own =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain ->
                    chain.proceed(chain.request().newBuilder().addHeader("X-Own", "app").build()))
            .addNetworkInterceptor(
                chain ->
                    chain.proceed(chain.request().newBuilder().addHeader("X-Own", "net").build()))
            .eventListener(
                new EventListener() {

                  @Override
                  public void callStart(Call call) {
                    heard.add("start");
                  }

                  @Override
                  public void responseHeadersEnd(Call call, Response response) {
                    heard.add("headers " + response.code());
                  }

                  @Override
                  public void callEnd(Call call) {
                    heard.add("end");
                  }
                })
            .build();
    assertThat(value(wire.clientOn(own).getString(server.url("/")))).isEqualTo("[app, net]");
    assertThat(heard).containsExactly("start", "headers 200", "end");
  }

  @Test
  void itsAuthenticatorAnswersAChallengeWithinOneAttempt() {
    Script script =
        exchange -> {
          boolean known = "let me in".equals(exchange.request().header("Authorization"));
          exchange.respond(known ? 200 : 401, known ? "in" : "out");
        };
    ScriptedServer server = wire.server(script);
    OkHttpClient own =
        new OkHttpClient.Builder().authenticator((route, response) -> authorized(response)).build();
    FetchResponse response = value(wire.clientOn(own).post(server.url("/")).asResponse());
    assertThat(response.text()).isEqualTo("in");
    assertThat(response.attempts()).isEqualTo(1);
    assertThat(server.requests()).hasSize(2);
  }

  private static Request authorized(Response response) {
    return response.request().newBuilder().header("Authorization", "let me in").build();
  }

  @Test
  void itStaysAsItWasAndOpenAfterTheClientIsClosed() throws IOException {
    ScriptedServer server =
        wire.server(Script.inOrder(Scripts.redirect("/b"), Scripts.respond(200, "ok")));
    OkHttpClient own = new OkHttpClient.Builder().readTimeout(Duration.ofSeconds(7)).build();
    AsyncHttpClient client = wire.clientOn(own);
    assertThat(value(client.getString(server.url("/")))).isEqualTo("ok");
    assertThat(own.dispatcher().runningCallsCount()).isZero();
    client.close();
    assertThat(own.readTimeoutMillis()).isEqualTo(7000);
    assertThat(own.followRedirects()).isTrue();
    assertThat(own.retryOnConnectionFailure()).isTrue();
    assertThat(own.networkInterceptors()).isEmpty();
    assertThat(own.dispatcher().getMaxRequestsPerHost()).isEqualTo(5);
    try (Response response =
        own.newCall(new Request.Builder().url(server.url("/")).build()).execute()) {
      assertThat(response.code()).isEqualTo(200);
    }
    // The pool is the caller's: the same connection served both.
    assertThat(server.acceptedConnections()).isEqualTo(1);
  }

  @Test
  void clientsOfOneShareItsConnections() throws Exception {
    ScriptedServer server = wire.server(e -> e.respond(200, "on " + e.connectionNumber()));
    OkHttpClient own = new OkHttpClient();
    try (AsyncHttpClient one = AsyncHttpClient.builder().okHttp(own).build();
        AsyncHttpClient other = AsyncHttpClient.builder().okHttp(own).build();
        AsyncHttpClient derived = one.toBuilder().build()) {
      Set<String> used = new HashSet<>();
      for (AsyncHttpClient client : List.of(one, other, derived, one)) {
        used.add(value(client.getString(server.url("/"))));
        Eventually.holds(() -> own.connectionPool().idleConnectionCount() == 1, "an idle one");
      }
      assertThat(used).hasSize(1);
    }
  }

  @Test
  void itsLimitsAndTimeoutsAreNotOurs() {
    ScriptedServer server =
        wire.server(Scripts.delayed(Duration.ofMillis(600), Scripts.respond(200, "ok")));
    OkHttpClient own =
        new OkHttpClient.Builder()
            .callTimeout(Duration.ofMillis(100))
            .readTimeout(Duration.ofMillis(100))
            .build();
    own.dispatcher().setMaxRequestsPerHost(1);
    AsyncHttpClient client = wire.clientOn(own);
    long start = System.nanoTime();
    List.of(
            client.getString(server.url("/")),
            client.getString(server.url("/")),
            client.getString(server.url("/")),
            client.getString(server.url("/")),
            client.getString(server.url("/")))
        .forEach(call -> assertThat(value(call)).isEqualTo("ok"));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(2500));
  }

  @Test
  void interceptorThatThrowsFailsTheCallAndNothingElse() {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    OkHttpClient io =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  throw new IOException("mine");
                })
            .build();
    UnexpectedError error =
        failure(wire.clientOn(io).getString(server.url("/")), UnexpectedError.class);
    assertThat(error).hasRootCauseMessage("mine");
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    OkHttpClient unchecked =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  throw new IllegalStateException("mine");
                })
            .build();
    assertThat(failure(wire.clientOn(unchecked).getString(server.url("/")), UnexpectedError.class))
        .hasRootCauseMessage("mine");
    assertThat(server.requests()).isEmpty();
  }
}
