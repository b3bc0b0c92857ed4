package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.observe.ClientStats;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Identical calls over one real socket; {@link ClientsAndServers} sees that nothing is left. */
class SingleFlightWireTest {

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private final CountDownLatch mayAnswer = new CountDownLatch(1);

  @Test
  void hundredIdenticalCallsAreOneRequestAtTheServer() {
    ScriptedServer server = serving(Scripts.json("{\"name\":\"ann\"}"));
    AsyncHttpClient client = sharing();
    List<CompletableFuture<Map<?, ?>>> calls = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      calls.add(client.getJson(server.url("/users/7"), Map.class).thenApply(map -> map));
    }
    server.awaitRequests(1);
    assertThat(client.stats().resilience().flights()).isEqualTo(1);
    mayAnswer.countDown();

    calls.forEach(call -> assertThat(value(call)).isEqualTo(Map.of("name", "ann")));

    assertThat(server.requests()).hasSize(1);
    ClientStats stats = client.stats();
    assertThat(stats.calls()).isEqualTo(100);
    assertThat(stats.attempts()).isEqualTo(1);
    assertThat(stats.resilience().joined()).isEqualTo(99);
    assertThat(stats.resilience().flights()).isZero();
    assertThat(value(calls.get(0))).isNotSameAs(value(calls.get(1)));
  }

  @Test
  void requestMayShareWhereItsClientDoesNotAndStandAloneWhereItDoes() {
    ScriptedServer server = serving(Scripts.respond(200, "ok"));
    AsyncHttpClient plain = wire.client();
    AsyncHttpClient sharing = sharing();

    CompletableFuture<String> one = plain.get(server.url("/")).singleFlight(true).asString();
    CompletableFuture<String> two = plain.get(server.url("/")).singleFlight(true).asString();
    CompletableFuture<String> alone = sharing.getString(server.url("/"));
    CompletableFuture<String> too = sharing.get(server.url("/")).singleFlight(false).asString();

    server.awaitRequests(3);
    mayAnswer.countDown();
    Stream.of(one, two, alone, too).forEach(call -> assertThat(value(call)).isEqualTo("ok"));
    assertThat(server.requests()).hasSize(3);
  }

  @Test
  void requestsThatDifferInASecretAreSentEach() {
    ScriptedServer server =
        wire.server(
            exchange -> {
              await(mayAnswer);
              exchange.respond(200, "for " + exchange.request().header("Authorization"));
            });
    AsyncHttpClient client = sharing();
    CompletableFuture<String> ann = client.get(server.url("/")).bearer("ann").asString();
    CompletableFuture<String> bob = client.get(server.url("/")).bearer("bob").asString();
    CompletableFuture<String> annAgain = client.get(server.url("/")).bearer("ann").asString();
    server.awaitRequests(2);
    mayAnswer.countDown();

    assertThat(value(ann)).isEqualTo("for Bearer ann").isEqualTo(value(annAgain));
    assertThat(value(bob)).isEqualTo("for Bearer bob");
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void whoIsLeftGetsTheAnswerWhenAllOthersCancel() {
    ScriptedServer server = serving(Scripts.respond(200, "ok"));
    AsyncHttpClient client = sharing();
    List<CompletableFuture<String>> calls = calls(client.get(server.url("/")), 100);
    server.awaitRequests(1);

    calls.subList(0, 99).forEach(call -> call.cancel(true));
    calls.subList(0, 99).forEach(call -> failure(call, CancellationException.class));
    assertThat(client.stats().inFlight()).isEqualTo(1);
    mayAnswer.countDown();

    assertThat(value(calls.get(99))).isEqualTo("ok");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void whenTheLastCallerCancelsTheSocketIsClosed() {
    ScriptedServer server = wire.server(Scripts.stall());
    AsyncHttpClient client = sharing();
    List<CompletableFuture<String>> calls = calls(client.get(server.url("/")), 20);
    server.awaitRequests(1);

    calls.forEach(call -> call.cancel(true));

    server.awaitNoOpenConnections(ClientsAndServers.SETTLES);
    assertThat(client.stats().resilience().flights()).isZero();
    assertThat(client.stats().inFlight()).isZero();
  }

  @Test
  void cancellingTheLastDependentOfEachCancelsTheFlight() {
    ScriptedServer server = wire.server(Scripts.stall());
    AsyncHttpClient client = sharing();
    List<CompletableFuture<Integer>> lengths =
        calls(client.get(server.url("/")), 3).stream()
            .map(call -> call.thenApply(String::length))
            .toList();
    server.awaitRequests(1);

    lengths.forEach(length -> length.cancel(true));

    server.awaitNoOpenConnections(ClientsAndServers.SETTLES);
  }

  @Test
  void eachCallerHasItsOwnDeadline() {
    ScriptedServer server = serving(Scripts.respond(200, "ok"));
    AsyncHttpClient client = sharing();
    CompletableFuture<String> hasty =
        client.get(server.url("/")).timeout(Duration.ofMillis(100)).asString();
    CompletableFuture<String> patient = client.getString(server.url("/"));
    server.awaitRequests(1);

    FetchTimeoutError error = failure(hasty, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.TOTAL);
    assertThat(error).hasMessageContaining("100 ms");
    mayAnswer.countDown();

    assertThat(value(patient)).isEqualTo("ok");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void decoderThatFailsFailsItsOwnCallerOnly() {
    ScriptedServer server = serving(Scripts.respond(200, "12"));
    AsyncHttpClient client = sharing();
    RequestSpec request = client.get(server.url("/"));
    CompletableFuture<Integer> good = request.as(response -> Integer.parseInt(response.text()));
    CompletableFuture<Integer> bad = request.as(response -> Integer.parseInt("x"));
    CompletableFuture<String> text = request.asString();
    server.awaitRequests(1);
    mayAnswer.countDown();

    assertThat(value(good)).isEqualTo(12);
    failure(bad, DecodeError.class);
    assertThat(value(text)).isEqualTo("12");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void decoderThatHangsHoldsUpNobodyElseAndEndsAtItsCallersDeadline() {
    ScriptedServer server = serving(Scripts.respond(200, "ok"));
    AsyncHttpClient client = wire.client(builder -> builder.singleFlight(true).maxConcurrency(2));
    CountDownLatch hung = new CountDownLatch(1);
    wire.finallyDo(hung::countDown);
    RequestSpec request = client.get(server.url("/"));
    CompletableFuture<String> hangs =
        request.copy().timeout(Duration.ofMillis(1500)).as(response -> hang(hung));
    CompletableFuture<String> good = request.asString();
    CompletableFuture<String> hangsToo =
        request.copy().timeout(Duration.ofMillis(1500)).as(response -> hang(hung));
    server.awaitRequests(1);
    mayAnswer.countDown();

    assertThat(value(good)).isEqualTo("ok");
    assertThat(client.stats().inFlight()).as("the flight's permit, while two decode").isOne();
    failure(hangs, FetchTimeoutError.class);
    failure(hangsToo, FetchTimeoutError.class);
    assertThat(client.stats().inFlight()).isZero();
    assertThat(client.stats().abandoned()).isEqualTo(2);
    assertThat(value(client.getString(server.url("/")))).isEqualTo("ok");
    hung.countDown();
    Eventually.holds(() -> client.stats().abandoned() == 0, "the decoder to be back");
  }

  @Test
  void bytesOfOneCallerAreNotThoseOfAnother() {
    ScriptedServer server = serving(Scripts.respond(200, "\"text\""));
    AsyncHttpClient client = sharing();
    RequestSpec request = client.get(server.url("/")).accept("application/json");
    CompletableFuture<byte[]> bytes = request.asBytes().thenApply(SingleFlightWireTest::spoil);
    CompletableFuture<byte[]> body =
        request.asResponse().thenApply(response -> spoil(response.body()));
    CompletableFuture<byte[]> read = request.as(response -> spoil(response.body()));
    CompletableFuture<byte[]> decoded =
        request.asDecoded(String.class).thenApply(both -> spoil(both.response().body()));
    CompletableFuture<String> text = request.asJson(String.class);
    CompletableFuture<FetchResponse> response = request.asResponse();
    server.awaitRequests(1);
    mayAnswer.countDown();

    Stream.of(bytes, body, read, decoded).forEach(Awaited::value);
    assertThat(value(text)).isEqualTo("text");
    assertThat(value(response).json(String.class)).isEqualTo("text");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void statusIsAnErrorForThoseWhoTakeGoodOnesOnlyAndEachHasItsOwn() {
    ScriptedServer server = serving(Scripts.respond(404, "gone"));
    AsyncHttpClient client = sharing();
    RequestSpec request = client.get(server.url("/"));
    CompletableFuture<String> one = request.asString();
    CompletableFuture<FetchResponse> any = request.asResponse();
    CompletableFuture<byte[]> other = request.asBytes();
    server.awaitRequests(1);
    mayAnswer.countDown();

    ClientStatusError first = failure(one, ClientStatusError.class);
    ClientStatusError second = failure(other, ClientStatusError.class);
    assertThat(first).isNotSameAs(second);
    assertThat(first.bodyText()).isEqualTo("gone").isEqualTo(second.bodyText());
    assertThat(value(any).status()).isEqualTo(404);
    assertThat(value(any).text()).isEqualTo("gone");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void errorPageThatIsTooLongIsThatOnlyForThoseWhoWantAllOfIt() {
    ScriptedServer server = serving(Scripts.respond(404, "x".repeat(200_000)));
    AsyncHttpClient client =
        wire.client(builder -> builder.singleFlight(true).maxResponseBytes(100_000));
    RequestSpec request = client.get(server.url("/"));
    CompletableFuture<String> text = request.asString();
    CompletableFuture<FetchResponse> any = request.asResponse();
    server.awaitRequests(1);
    mayAnswer.countDown();

    assertThat(failure(text, ClientStatusError.class).body())
        .hasSize(HttpStatusError.MAX_BODY_BYTES);
    assertThat(failure(any, BodyTooLargeError.class).limit()).isEqualTo(100_000);
  }

  @Test
  void redirectsAreFollowedOnceAndRefusedOnesAreAnAnswerToWhoTakesAny() {
    ScriptedServer server =
        wire.server(
            exchange -> {
              switch (exchange.request().path()) {
                case "/start" -> Scripts.redirect("/end").handle(exchange);
                case "/loop" -> Scripts.redirectLoop().handle(exchange);
                default -> {
                  await(mayAnswer);
                  exchange.respond(200, "ok");
                }
              }
            });
    AsyncHttpClient client = sharing();
    List<CompletableFuture<String>> calls = calls(client.get(server.url("/start")), 10);
    server.awaitRequests(2);
    mayAnswer.countDown();
    calls.forEach(call -> assertThat(value(call)).isEqualTo("ok"));
    assertThat(server.requests()).hasSize(2);

    RequestSpec loop = client.get(server.url("/loop"));
    CompletableFuture<String> text = loop.asString();
    CompletableFuture<FetchResponse> any = loop.asResponse();
    assertThat(failure(text, ConnectionError.class)).hasMessageContaining("20 redirects");
    assertThat(value(any).status()).isEqualTo(302);
  }

  @Test
  void flightIsRetriedOnceForAll() {
    ScriptedServer server = serving(Scripts.respond(503, ""));
    RetryPolicy retry =
        RetryPolicy.builder().maxAttempts(3).backoff(Backoff.fixed(Duration.ofMillis(1))).build();
    AsyncHttpClient client = wire.client(builder -> builder.singleFlight(true).retry(retry));
    List<CompletableFuture<String>> calls = calls(client.get(server.url("/")), 10);
    server.awaitRequests(1);
    mayAnswer.countDown();

    List<ServerStatusError> errors =
        calls.stream().map(call -> failure(call, ServerStatusError.class)).toList();
    assertThat(server.requests()).hasSize(3);
    assertThat(errors).doesNotHaveDuplicates();
    assertThat(errors)
        .allSatisfy(
            error -> {
              assertThat(error.attempts()).isEqualTo(3);
              assertThat(error.getSuppressed()).hasSize(2);
            });
    assertThat(errors.get(0).getSuppressed()[0]).isNotSameAs(errors.get(1).getSuppressed()[0]);
    assertThat(client.stats().retries()).isEqualTo(2);
    assertThat(client.stats().failures()).isEqualTo(10);
  }

  @Test
  void brokenConnectionIsAnErrorOfItsOwnForEach() {
    ScriptedServer server =
        wire.server(
            exchange -> {
              await(mayAnswer);
              exchange.reset();
            });
    AsyncHttpClient client = sharing();
    List<CompletableFuture<String>> calls = calls(client.get(server.url("/")).noRetry(), 5);
    server.awaitRequests(1);
    mayAnswer.countDown();

    List<ConnectionError> errors =
        calls.stream().map(call -> failure(call, ConnectionError.class)).toList();
    assertThat(errors).doesNotHaveDuplicates();
    assertThat(errors)
        .allSatisfy(
            error -> {
              assertThat(error.kind()).isEqualTo(ConnectionError.Kind.RESET);
              assertThat(error.mayHaveBeenProcessed()).isTrue();
              assertThat(error.getCause()).isNotNull();
            });
  }

  @Test
  void streamsStandAlone() {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    AsyncHttpClient client = sharing();
    for (int i = 0; i < 2; i++) {
      value(client.get(server.url("/")).asStream()).close();
    }
    var one = client.get(server.url("/")).asStream();
    var other = client.get(server.url("/")).asStream();

    value(one).close();
    value(other).close();

    assertThat(server.requests()).hasSize(4);
    assertThat(client.stats().resilience().joined()).isZero();
  }

  @Test
  void postsAreSentEach() {
    ScriptedServer server = serving(Scripts.respond(200, "ok"));
    AsyncHttpClient client = sharing();
    RequestSpec post = client.post(server.url("/")).body("x", "text/plain");
    List<CompletableFuture<String>> calls = calls(post, 3);
    server.awaitRequests(3);
    mayAnswer.countDown();
    calls.forEach(call -> assertThat(value(call)).isEqualTo("ok"));
  }

  @Test
  void closingEndsAllWhoShareAndNothingIsLeft() {
    ScriptedServer server = wire.server(Scripts.stall());
    AsyncHttpClient client = sharing();
    List<CompletableFuture<String>> calls = calls(client.get(server.url("/")), 10);
    server.awaitRequests(1);

    client.close();

    calls.forEach(call -> failure(call, CancellationException.class));
    server.awaitNoOpenConnections(ClientsAndServers.SETTLES);
    value(client.shutdown(Duration.ZERO).thenApply(none -> "drained"));
  }

  private AsyncHttpClient sharing() {
    return wire.client(builder -> builder.singleFlight(true));
  }

  /** A server that answers when it may. */
  private ScriptedServer serving(Script answer) {
    return wire.server(
        exchange -> {
          await(mayAnswer);
          answer.handle(exchange);
        });
  }

  private static List<CompletableFuture<String>> calls(RequestSpec request, int count) {
    Function<RequestSpec, CompletableFuture<String>> send = RequestSpec::asString;
    return Stream.generate(() -> send.apply(request)).limit(count).toList();
  }

  private static byte[] spoil(byte[] bytes) {
    Arrays.fill(bytes, (byte) 'x');
    return bytes;
  }

  private static String hang(CountDownLatch until) {
    try {
      assertThat(until.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "late";
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IOException("the server was closed", e);
    }
  }
}
