package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.TokenError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.policy.Token;
import dev.fetchwell.policy.TokenSource;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.stream.Lines;
import dev.fetchwell.stream.Pages;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.Exchange;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import dev.fetchwell.testserver.WebSocketPeer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BearerTokenWireTest {

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private final AtomicInteger fetches = new AtomicInteger();

  /** The number of the token that the server takes; any before it was revoked. */
  private final AtomicInteger valid = new AtomicInteger(1);

  private final TokenSource source =
      TokenSource.of(
          () -> {
            int number = fetches.incrementAndGet();
            return new CompletableFuture<Token>()
                .completeOnTimeout(
                    new Token("t" + number, Instant.now().plusSeconds(3600)),
                    50,
                    java.util.concurrent.TimeUnit.MILLISECONDS);
          });

  private final ScriptedServer server = ScriptedServer.start(this::answer);

  private void answer(Exchange exchange) throws IOException {
    if (!("Bearer t" + valid.get()).equals(exchange.request().header("Authorization"))) {
      exchange.respond(401, Map.of("WWW-Authenticate", "Bearer"), "who?");
      return;
    }
    switch (exchange.request().path()) {
      case "/pages" -> exchange.respond(200, "{\"items\":[1],\"next\":\"/last\"}");
      case "/last" -> exchange.respond(200, "{\"items\":[2]}");
      case "/socket" -> {
        WebSocketPeer peer = WebSocketPeer.accept(exchange);
        peer.text("hello");
        peer.serve();
      }
      default -> exchange.respond(200, exchange.request().text() + "ok\n");
    }
  }

  private AsyncHttpClient client() {
    wire.closing(server);
    return wire.client(b -> b.baseUrl(server.url("/")).bearer(source));
  }

  @Test
  void manyCallsAtOnceShareOneToken() {
    AsyncHttpClient client = client();

    List<CompletableFuture<String>> calls =
        IntStream.range(0, 200).mapToObj(i -> client.getString("/" + i)).toList();

    calls.forEach(call -> assertThat(value(call)).isEqualTo("ok\n"));
    assertThat(fetches).hasValue(1);
    assertThat(server.requests()).hasSize(200);
  }

  @Test
  void postThatWasRefusedIsSentAgainAndCounted() {
    AsyncHttpClient client = client();
    EventRecorder events = new EventRecorder();
    AsyncHttpClient heard =
        wire.adopt(client.toBuilder().listener(events).retry(RetryPolicy.none()).build());
    valid.set(2);

    FetchResponse response = value(heard.post("/").body("text", "text/plain").asResponse());

    assertThat(response.text()).isEqualTo("textok\n");
    assertThat(response.attempts()).isEqualTo(2);
    assertThat(server.requests()).hasSize(2);
    assertThat(server.requests()).extracting(each -> each.text()).containsOnly("text");
    assertThat(heard.stats().attempts()).isEqualTo(2);
    assertThat(events.events())
        .containsExactly(
            "callStarted",
            "attemptStarted 1",
            "attemptEnded 1 401 ClientStatusError",
            "retryScheduled 2 ClientStatusError",
            "attemptStarted 2",
            "attemptEnded 2 200",
            "callEnded 200");
  }

  @Test
  void manyCallsThatAreRefusedAtOnceRenewTheTokenOnce() {
    AsyncHttpClient client = client();
    value(client.getString("/"));
    valid.set(2);

    List<CompletableFuture<String>> calls =
        IntStream.range(0, 100).mapToObj(i -> client.getString("/" + i)).toList();

    calls.forEach(call -> assertThat(value(call)).isEqualTo("ok\n"));
    assertThat(fetches).hasValue(2);
  }

  @Test
  void callThatIsRefusedTwiceEndsWithThatStatus() {
    AsyncHttpClient client = client();
    valid.set(100);

    ClientStatusError error = failure(client.getString("/"), ClientStatusError.class);

    assertThat(error.status()).isEqualTo(401);
    assertThat(error.bodyText()).isEqualTo("who?");
    assertThat(error.attempts()).isEqualTo(2);
    assertThat(error.getSuppressed()).hasSize(1);
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void streamsPagesAndHandshakesHaveTheToken() {
    AsyncHttpClient client = client();
    valid.set(2);
    TypeRef<Map<String, Object>> page = new TypeRef<>() {};
    List<String> heard = new ArrayList<>();
    CompletableFuture<String> text = new CompletableFuture<>();

    value(Lines.from(client.get("/")).forEach(heard::add));
    valid.set(3);
    var pages =
        Pages.from(client.get("/pages"), page)
            .next(each -> (String) each.get("next"))
            .items(each -> (List<?>) each.get("items"));
    assertThat(value(pages.toList())).hasToString("[1, 2]");
    valid.set(4);
    ReconnectingWebSocket socket =
        ReconnectingWebSocket.builder(client, server.url("/socket").replace("http:", "ws:"))
            .onText((from, message) -> text.complete(message))
            .connect();

    assertThat(heard).containsExactly("ok");
    assertThat(value(text)).isEqualTo("hello");
    value(socket.stop(Duration.ofSeconds(1)));
    assertThat(fetches).hasValue(4);
  }

  @Test
  void tokenGoesToNoOtherOrigin() {
    ScriptedServer elsewhere = wire.server(Scripts.redirect(server.url("/back")));
    ScriptedServer home = wire.server(Scripts.redirect(elsewhere.url("/")));
    AsyncHttpClient own = client();
    AsyncHttpClient client = wire.client(b -> b.baseUrl(home.url("/")).bearer(source));
    AsyncHttpClient ofAny = wire.client(b -> b.bearer(source));

    failure(client.getString("/"), ClientStatusError.class);
    failure(ofAny.getString(home.url("/")), ClientStatusError.class);
    failure(own.getString(elsewhere.url("/")), ClientStatusError.class);
    failure(own.get("/").at(elsewhere.url("/")).asString(), ClientStatusError.class);

    assertThat(home.requests()).allMatch(each -> each.header("Authorization") != null);
    assertThat(elsewhere.requests()).hasSize(4).allMatch(e -> e.header("Authorization") == null);
    assertThat(server.requests()).hasSize(4).allMatch(e -> e.header("Authorization") == null);
  }

  @Test
  void sourceMayUseItsOwnClientWithAnAuthorizationOfItsOwn() {
    ScriptedServer login =
        wire.server(
            exchange -> {
              boolean asks = exchange.request().path().equals("/token");
              boolean basic =
                  String.valueOf(exchange.request().header("Authorization")).startsWith("Basic");
              exchange.respond(asks == basic ? 200 : 401, "token");
            });
    List<AsyncHttpClient> clients = new ArrayList<>();
    TokenSource ownClient =
        TokenSource.of(
            () ->
                clients
                    .get(0)
                    .post("/token")
                    .basicAuth("id", "secret")
                    .asString()
                    .thenApply(text -> new Token(text, Instant.MAX)));
    clients.add(wire.client(b -> b.baseUrl(login.url("/")).maxConcurrency(1).bearer(ownClient)));

    assertThat(value(clients.get(0).getString("/private"))).isEqualTo("token");
  }

  @Test
  void sourceThatNeedsItsOwnTokenIsTold() {
    List<AsyncHttpClient> clients = new ArrayList<>();
    TokenSource endless =
        TokenSource.of(
            () -> clients.get(0).getString("/token").thenApply(t -> new Token(t, Instant.MAX)));
    clients.add(wire.client(b -> b.baseUrl(server.url("/")).bearer(endless)));
    wire.closing(server);

    TokenError error = failure(clients.get(0).getString("/"), TokenError.class);

    assertThat(error).hasMessageContaining("calls the client that waits for it");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void waitForATokenEndsAtTheDeadlineAndByClose() {
    List<CompletableFuture<Token>> never = new ArrayList<>();
    AsyncHttpClient client =
        wire.client(
            b ->
                b.bearer(
                    TokenSource.of(
                        () -> {
                          CompletableFuture<Token> one = new CompletableFuture<>();
                          never.add(one);
                          return one;
                        })));
    wire.closing(server);

    var late = client.get(server.url("/")).timeout(Duration.ofMillis(100)).asString();
    assertThat(failure(late, FetchTimeoutError.class))
        .hasMessageContaining("waiting for a bearer token");
    Eventually.holds(() -> never.size() == 1 && never.get(0).isCancelled(), "a cancelled fetch");

    var waiting = client.getString(server.url("/"));
    Eventually.holds(() -> never.size() == 2, "another fetch");
    client.close();
    failure(waiting, ClientClosedError.class);
    Eventually.holds(() -> never.get(1).isCancelled(), "a cancelled fetch");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void copyForAnotherOriginNeedsItsTokenSetAgain() {
    AsyncHttpClient client = client();

    assertThatThrownBy(() -> client.toBuilder().baseUrl("https://example.com").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Authorization (by bearer)");
    client.toBuilder().baseUrl("https://example.com").bearer(source).build().close();
    client.toBuilder().baseUrl(server.url("/v2")).build().close();
  }
}
