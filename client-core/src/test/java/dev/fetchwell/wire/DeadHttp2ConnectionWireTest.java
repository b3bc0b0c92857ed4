package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.stream.Lines;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.FreezingRelay;
import dev.fetchwell.testserver.RawHttp2Server;
import dev.fetchwell.testserver.RawHttp2Server.Answer;
import dev.fetchwell.testserver.TestCertificates;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection of HTTP/2 that is dead, or only looks like it. */
class DeadHttp2ConnectionWireTest {

  private static final Duration ATTEMPT = Duration.ofSeconds(1);
  private static final Duration HEALED = ATTEMPT.multipliedBy(2);

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private final OkHttpClient own =
      new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();

  private AsyncHttpClient client(UnaryOperator<AsyncHttpClient.Builder> settings) {
    wire.closing(() -> own.connectionPool().evictAll());
    return wire.client(builder -> settings.apply(builder.okHttp(own).attemptTimeout(ATTEMPT)));
  }

  private AsyncHttpClient client() {
    return client(builder -> builder);
  }

  private RawHttp2Server server(Answer... answers) {
    return wire.closing(RawHttp2Server.start(answers));
  }

  private FreezingRelay relayTo(String url) {
    return wire.closing(FreezingRelay.to(URI.create(url).getPort()));
  }

  private static String urlOf(FreezingRelay relay) {
    return "http://127.0.0.1:" + relay.port() + "/";
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void callsGoToAnotherConnectionWithinTwoAttempts(int clients) {
    FreezingRelay relay = relayTo(server(Answer.ok()).url("/"));
    String url = urlOf(relay);
    List<AsyncHttpClient> all = Stream.generate(this::client).limit(clients).toList();
    all.forEach(client -> value(client.get(url).asResponse()));
    relay.freeze();
    List<CompletableFuture<FetchResponse>> calls =
        IntStream.range(0, 32).mapToObj(i -> all.get(i % clients).get(url).asResponse()).toList();
    for (CompletableFuture<FetchResponse> call : calls) {
      FetchResponse response = value(call);
      assertThat(response.attempts()).isEqualTo(2);
      assertThat(response.elapsed()).isLessThan(HEALED);
    }
  }

  @Test
  void deadConnectionOverTlsIsReplaced() throws Exception {
    MockWebServer server = wire.closing(new MockWebServer());
    server.useHttps(TestCertificates.trusted().getSocketFactory());
    server.start();
    FreezingRelay relay = relayTo(server.url("/").toString());
    AsyncHttpClient client =
        wire.client(
            builder ->
                builder.okHttp(ClientsAndServers.trusting().build()).attemptTimeout(ATTEMPT));
    String url = "https://127.0.0.1:" + relay.port() + "/";
    server.enqueue(new MockResponse.Builder().body("ok").build());
    server.enqueue(new MockResponse.Builder().body("ok").build());
    assertThat(value(client.getString(url))).isEqualTo("ok");
    relay.freeze();
    FetchResponse response = value(client.get(url).asResponse());
    assertThat(response.attempts()).isEqualTo(2);
    assertThat(response.elapsed()).isLessThan(HEALED);
    Eventually.holds(() -> client.stats().openConnections() == 1, "the dead one to be closed");
  }

  @Test
  void callOfAnotherClientDoesNotTakeTheDeadConnection() {
    FreezingRelay relay = relayTo(server(Answer.ok()).url("/"));
    String url = urlOf(relay);
    AsyncHttpClient first = client(builder -> builder.retry(RetryPolicy.none()));
    AsyncHttpClient second = client();
    value(first.get(url).asResponse());
    relay.freeze();
    failure(first.get(url).asResponse(), FetchTimeoutError.class);
    assertThat(value(second.get(url).asResponse()).attempts()).isEqualTo(1);
    assertThat(relay.acceptedConnections()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void totalTimeoutPutsTheConnectionInDoubt(String method) {
    FreezingRelay relay = relayTo(server(Answer.ok()).url("/"));
    String url = urlOf(relay);
    AsyncHttpClient client = client();
    value(client.get(url).asResponse());
    relay.freeze();
    failure(
        // Long enough for the call to have the connection also on a machine that has much to do.
        client.request(method, url).timeout(ATTEMPT.dividedBy(2)).asResponse(),
        FetchTimeoutError.class);
    assertThat(value(client.get(url).asResponse()).attempts()).isEqualTo(1);
  }

  @Test
  void timeLimitOfTheCallersOwnPutsTheConnectionInDoubt() {
    FreezingRelay relay = relayTo(server(Answer.ok()).url("/"));
    String url = urlOf(relay);
    AsyncHttpClient client = client();
    value(client.get(url).asResponse());
    relay.freeze();
    CompletableFuture<FetchResponse> call = client.get(url).asResponse();
    ClientsAndServers.pause(ATTEMPT.dividedBy(2));
    call.cancel(true);
    assertThat(value(client.get(url).asResponse()).attempts()).isEqualTo(1);
  }

  @Test
  void silenceInABodyPutsTheConnectionInDoubt() {
    RawHttp2Server server = server(Answer.ok(), Answer.startOfBody("line\n"), Answer.ok());
    FreezingRelay relay = relayTo(server.url("/"));
    String url = urlOf(relay);
    AsyncHttpClient client = client();
    value(client.get(url).asResponse());
    CompletableFuture<String> started = new CompletableFuture<>();
    CompletableFuture<?> lines =
        Lines.from(client.get(url).idleTimeout(Duration.ofMillis(300)).noRetry())
            .forEach(started::complete);
    value(started);
    relay.freeze();
    FetchTimeoutError error = failure(lines, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.IDLE);
    assertThat(value(client.get(url).asResponse()).attempts()).isEqualTo(1);
    assertThat(relay.acceptedConnections()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void connectionWhosePeerAnswersThePingIsKept(String method) {
    RawHttp2Server server = server(Answer.ok(), Answer.silence(), Answer.ok());
    AsyncHttpClient client = client();
    value(request(client, method, server.url("/")).asResponse());
    failure(request(client, method, server.url("/")).noRetry().asVoid(), FetchTimeoutError.class);
    value(request(client, method, server.url("/")).asResponse());
    assertThat(server.acceptedConnections()).isEqualTo(1);
  }

  private static RequestSpec request(AsyncHttpClient client, String method, String url) {
    RequestSpec request = client.request(method, url);
    return method.equals("POST") ? request.body(new byte[10], "text/plain") : request;
  }

  @Test
  void connectionThatAnswersPingsButNoCallIsReplaced() {
    RawHttp2Server server = server(Answer.ok(), Answer.silence(), Answer.silence(), Answer.ok());
    AsyncHttpClient client = client();
    value(client.get(server.url("/")).asResponse());
    FetchResponse response = value(client.get(server.url("/")).asResponse());
    assertThat(response.attempts()).isEqualTo(3);
    assertThat(server.acceptedConnections()).isEqualTo(2);
  }

  @Test
  void callsThatRunStayOnTheConnectionThatTakesNoNewOnes() throws Exception {
    CompletableFuture<Callable<Void>> answer = new CompletableFuture<>();
    Answer held =
        (connection, stream) ->
            answer.complete(
                () -> {
                  Answer.ok().answer(connection, stream);
                  return null;
                });
    RawHttp2Server server =
        wire.closing(
            RawHttp2Server.startWithoutPongs(Answer.ok(), held, Answer.silence(), Answer.ok()));
    AsyncHttpClient client = client();
    value(client.get(server.url("/")).asResponse());
    CompletableFuture<FetchResponse> running =
        client.get(server.url("/")).attemptTimeout(Duration.ofSeconds(20)).asResponse();
    server.awaitStreams(2);
    failure(client.get(server.url("/")).noRetry().asVoid(), FetchTimeoutError.class);
    value(client.get(server.url("/")).asResponse());
    assertThat(server.acceptedConnections()).isEqualTo(2);
    value(answer).call();
    assertThat(value(running).attempts()).isEqualTo(1);
  }
}
