package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.error;
import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RequestFilter;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.stream.Lines;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.ReceivedRequest;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FilterWireTest {

  private static final RetryPolicy AT_ONCE =
      RetryPolicy.builder().backoff(Backoff.fixed(Duration.ofMillis(1))).build();

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private final AtomicInteger signatures = new AtomicInteger();

  /** What a signature goes by: method, path, body, attempt; and it is never the same. */
  private final RequestFilter signs =
      (request, attempt) -> {
        byte[] body = request.body().flatMap(RequestBody::bytes).orElse(new byte[0]);
        String text =
            attempt.number() + request.url().getPath() + Arrays.hashCode(body) + request.method();
        return completedFuture(
            request
                .withSecretHeader("X-Signature", text)
                .withHeader("X-Nonce", String.valueOf(signatures.incrementAndGet())));
      };

  private static List<String> nonces(ScriptedServer server) {
    return server.requests().stream().map(each -> String.valueOf(each.header("X-Nonce"))).toList();
  }

  @Test
  void eachAttemptIsSignedAnewFromTheRequestAsItWasMade() {
    ScriptedServer server =
        wire.server(Script.inOrder(Scripts.respond(503, ""), Scripts.respond(200, "ok")));
    AsyncHttpClient client = wire.client(b -> b.retry(AT_ONCE).filter(signs));

    value(
        client
            .put(server.url("/users"))
            .json(Map.of("name", "Ada"))
            .onUploadProgress((done, total) -> {})
            .asVoid());

    assertThat(nonces(server)).containsExactly("1", "2");
    ReceivedRequest second = server.requests().get(1);
    assertThat(second.headers("X-Signature"))
        .containsExactly("2/users" + Arrays.hashCode(second.body()) + "PUT");
  }

  @Test
  void whatAFilterSetsDoesNotFollowARedirectToAnotherOrigin() {
    ScriptedServer elsewhere = wire.server(Scripts.respond(200, "ok"));
    ScriptedServer server =
        wire.server(
            Script.inOrder(Scripts.redirect("/within"), Scripts.redirect(elsewhere.url("/"))));
    AsyncHttpClient client =
        wire.client(
            b ->
                b.filter(signs)
                    .filterEveryOrigin(
                        (request, attempt) ->
                            completedFuture(request.withHeader("X-Everywhere", "1"))));

    value(client.getString(server.url("/")));

    assertThat(nonces(server)).containsExactly("1", "2");
    ReceivedRequest foreign = elsewhere.requests().get(0);
    assertThat(foreign.header("X-Everywhere")).isEqualTo("1");
    assertThat(foreign.headers("X-Signature")).isEmpty();
    assertThat(foreign.headers("X-Nonce")).isEmpty();
  }

  @Test
  void whoIsLedBackFromAnotherOriginIsNotSigned() {
    AtomicReference<String> home = new AtomicReference<>("");
    ScriptedServer elsewhere =
        wire.server(
            exchange ->
                exchange.respond(302, Map.of("Location", home.get() + "?transfer=all"), ""));
    ScriptedServer server =
        wire.server(
            exchange -> {
              if (exchange.request().path().contains("transfer")) {
                exchange.respond(200, "");
              } else {
                exchange.respond(302, Map.of("Location", elsewhere.url("/")), "");
              }
            });
    home.set(server.url("/"));
    AsyncHttpClient client = wire.client(b -> b.baseUrl(server.url("/")).filter(signs));

    value(client.get("/").asVoid());
    value(client.get("/").at(elsewhere.url("/")).asVoid());
    value(client.get("/").at(elsewhere.url("/")).at(server.url("/?transfer=1")).asVoid());

    assertThat(nonces(server)).containsExactly("1", "null", "null", "null");
    assertThat(nonces(elsewhere)).containsOnly("null");
  }

  @Test
  void filterMayCallItsOwnClientAlsoWhereThatRunsOneCallAtATime() {
    ScriptedServer server =
        wire.server(exchange -> exchange.respond(200, exchange.request().path()));
    List<AsyncHttpClient> clients = new ArrayList<>();
    RequestFilter asksForANonce =
        (request, attempt) ->
            request.url().getPath().equals("/nonce")
                ? completedFuture(request)
                : clients
                    .get(0)
                    .getString(server.url("/nonce"))
                    .thenApply(nonce -> request.withHeader("X-Nonce", nonce));
    clients.add(wire.client(b -> b.maxConcurrency(1).filter(asksForANonce)));

    List<CompletableFuture<String>> calls =
        List.of(
            clients.get(0).getString(server.url("/a")),
            clients.get(0).getString(server.url("/b")),
            clients.get(0).getString(server.url("/c")));

    assertThat(calls).extracting(each -> value(each)).containsExactly("/a", "/b", "/c");
    assertThat(server.requests()).hasSize(6);
    assertThat(nonces(server)).filteredOn("/nonce"::equals).hasSize(3);
  }

  @Test
  void statusOfAFiltersOwnCallIsNotRetriedAndNothingWasSent() {
    ScriptedServer nonces = wire.server(Scripts.respond(503, ""));
    ScriptedServer server = wire.server(Scripts.respond(200, ""));
    AsyncHttpClient other = wire.client(b -> b.retry(RetryPolicy.none()));
    AtomicInteger asked = new AtomicInteger();
    AsyncHttpClient client =
        wire.client(
            b ->
                b.retry(AT_ONCE)
                    .filter(
                        (request, attempt) -> {
                          asked.incrementAndGet();
                          return other.getString(nonces.url("/")).thenApply(any -> request);
                        }));

    var call = client.get(server.url("/")).asResponse();

    assertThat(failure(call, ServerStatusError.class).url()).startsWith(nonces.url("/"));
    assertThat(asked).hasValue(1);
    assertThat(server.requests()).isEmpty();
    assertThat(client.stats().retries()).isZero();
  }

  @Test
  void filterThatNeverAnswersEndsWithTheDeadlineAndIsCancelled() {
    ScriptedServer server = wire.server(Scripts.respond(200, ""));
    CompletableFuture<FetchRequest> never = new CompletableFuture<>();
    AsyncHttpClient client = wire.client(b -> b.filter((request, attempt) -> never));

    // Enough for the filter to be asked also on a machine that has much to do.
    var call = client.get(server.url("/")).timeout(Duration.ofSeconds(1)).asString();

    FetchTimeoutError error = failure(call, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.TOTAL);
    assertThat(error.attempts()).isZero();
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    Eventually.holds(never::isCancelled, "the filter's stage to be cancelled");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void closeEndsACallThatIsInAFilter() {
    ScriptedServer server = wire.server(Scripts.respond(200, ""));
    CompletableFuture<FetchRequest> never = new CompletableFuture<>();
    CompletableFuture<Boolean> asked = new CompletableFuture<>();
    AsyncHttpClient client =
        wire.client(
            b ->
                b.filter(
                    (request, attempt) -> {
                      asked.complete(true);
                      return never;
                    }));
    var call = client.getString(server.url("/"));
    value(asked);

    client.close();

    failure(call, ClientClosedError.class);
    Eventually.holds(never::isCancelled, "the filter's stage to be cancelled");
    never.complete(null);
  }

  @Test
  void blockedFilterHoldsUpNobodyButItsOwnCall() {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    CountDownLatch released = new CountDownLatch(1);
    wire.finallyDo(released::countDown);
    AsyncHttpClient client =
        wire.client(
            b ->
                b.maxConcurrency(1)
                    .filter(
                        (request, attempt) -> {
                          if (request.url().getPath().equals("/blocked")) {
                            awaitQuietly(released);
                          }
                          return completedFuture(request);
                        }));

    var blocked = client.get(server.url("/blocked")).timeout(Duration.ofMillis(200)).asString();

    assertThat(value(client.getString(server.url("/ok")))).isEqualTo("ok");
    failure(blocked, FetchTimeoutError.class);
    released.countDown();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void streamsAndHandshakesAreFiltered() {
    ScriptedServer server = wire.server(Scripts.respond(200, "a\nb\n"));
    AsyncHttpClient client = wire.client(b -> b.filter(signs));

    value(Lines.from(client.get(server.url("/lines"))).forEach(line -> {}));
    ReconnectingWebSocket socket =
        ReconnectingWebSocket.builder(client, server.url("/socket")).connect();
    Eventually.holds(() -> server.requests().size() > 1, "the handshake");
    value(socket.stop(Duration.ofMillis(1)));
    error(socket.opened());

    assertThat(nonces(server)).startsWith("1", "2");
  }
}
