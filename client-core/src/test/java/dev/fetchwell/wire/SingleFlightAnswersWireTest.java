package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static dev.fetchwell.wire.SingleFlightRig.calls;
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
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What each of the calls that share one answer over a real socket makes of it. */
class SingleFlightAnswersWireTest {

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private final SingleFlightRig rig = new SingleFlightRig(wire);

  @Test
  void decoderThatFailsFailsItsOwnCallerOnly() {
    ScriptedServer server = rig.serving(Scripts.respond(200, "12"));
    AsyncHttpClient client = rig.sharing();
    RequestSpec request = client.get(server.url("/"));
    CompletableFuture<Integer> good = request.as(response -> Integer.parseInt(response.text()));
    CompletableFuture<Integer> bad = request.as(response -> Integer.parseInt("x"));
    CompletableFuture<String> text = request.asString();
    server.awaitRequests(1);
    rig.mayAnswer.countDown();

    assertThat(value(good)).isEqualTo(12);
    failure(bad, DecodeError.class);
    assertThat(value(text)).isEqualTo("12");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void decoderThatHangsHoldsUpNobodyElseAndEndsAtItsCallersDeadline() {
    ScriptedServer server = rig.serving(Scripts.respond(200, "ok"));
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
    rig.mayAnswer.countDown();

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
    ScriptedServer server = rig.serving(Scripts.respond(200, "\"text\""));
    AsyncHttpClient client = rig.sharing();
    RequestSpec request = client.get(server.url("/")).accept("application/json");
    CompletableFuture<byte[]> bytes =
        request.asBytes().thenApply(SingleFlightAnswersWireTest::spoil);
    CompletableFuture<byte[]> body =
        request.asResponse().thenApply(response -> spoil(response.body()));
    CompletableFuture<byte[]> read = request.as(response -> spoil(response.body()));
    CompletableFuture<byte[]> decoded =
        request.asDecoded(String.class).thenApply(both -> spoil(both.response().body()));
    CompletableFuture<String> text = request.asJson(String.class);
    CompletableFuture<FetchResponse> response = request.asResponse();
    server.awaitRequests(1);
    rig.mayAnswer.countDown();

    Stream.of(bytes, body, read, decoded).forEach(Awaited::value);
    assertThat(value(text)).isEqualTo("text");
    assertThat(value(response).json(String.class)).isEqualTo("text");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void statusIsAnErrorForThoseWhoTakeGoodOnesOnlyAndEachHasItsOwn() {
    ScriptedServer server = rig.serving(Scripts.respond(404, "gone"));
    AsyncHttpClient client = rig.sharing();
    RequestSpec request = client.get(server.url("/"));
    CompletableFuture<String> one = request.asString();
    CompletableFuture<FetchResponse> any = request.asResponse();
    CompletableFuture<byte[]> other = request.asBytes();
    server.awaitRequests(1);
    rig.mayAnswer.countDown();

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
    ScriptedServer server = rig.serving(Scripts.respond(404, "x".repeat(200_000)));
    AsyncHttpClient client =
        wire.client(builder -> builder.singleFlight(true).maxResponseBytes(100_000));
    RequestSpec request = client.get(server.url("/"));
    CompletableFuture<String> text = request.asString();
    CompletableFuture<FetchResponse> any = request.asResponse();
    server.awaitRequests(1);
    rig.mayAnswer.countDown();

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
                  rig.awaitLeave();
                  exchange.respond(200, "ok");
                }
              }
            });
    AsyncHttpClient client = rig.sharing();
    List<CompletableFuture<String>> calls = calls(client.get(server.url("/start")), 10);
    server.awaitRequests(2);
    rig.mayAnswer.countDown();
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
    ScriptedServer server = rig.serving(Scripts.respond(503, ""));
    RetryPolicy retry =
        RetryPolicy.builder().maxAttempts(3).backoff(Backoff.fixed(Duration.ofMillis(1))).build();
    AsyncHttpClient client = wire.client(builder -> builder.singleFlight(true).retry(retry));
    List<CompletableFuture<String>> calls = calls(client.get(server.url("/")), 10);
    server.awaitRequests(1);
    rig.mayAnswer.countDown();

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
              rig.awaitLeave();
              exchange.reset();
            });
    AsyncHttpClient client = rig.sharing();
    List<CompletableFuture<String>> calls = calls(client.get(server.url("/")).noRetry(), 5);
    server.awaitRequests(1);
    rig.mayAnswer.countDown();

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
}
