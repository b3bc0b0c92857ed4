package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.ConnectionError.Kind;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testserver.RawHttp2Server;
import dev.fetchwell.testserver.RawHttp2Server.Answer;
import dev.fetchwell.testserver.TestCertificates;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Http2WireTest {

  private static final int INTERNAL_ERROR = 2;
  private static final int REFUSED_STREAM = 7;

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private MockWebServer secureServer() throws Exception {
    MockWebServer server = wire.closing(new MockWebServer());
    server.useHttps(TestCertificates.trusted().getSocketFactory());
    server.start();
    return server;
  }

  private static MockResponse ok() {
    return new MockResponse.Builder().body("ok").build();
  }

  private AsyncHttpClient priorKnowledge() {
    return wire.clientOn(
        new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build());
  }

  private RawHttp2Server rawServer(Answer... answers) {
    return wire.closing(RawHttp2Server.start(answers));
  }

  @Test
  void callsShareOneConnectionOverTls() throws Exception {
    MockWebServer server = secureServer();
    AsyncHttpClient client = wire.trustingClient();
    String url = server.url("/").toString();
    server.enqueue(ok());
    assertThat(value(client.getString(url))).isEqualTo("ok");
    List<CompletableFuture<String>> calls =
        IntStream.range(0, 50)
            .mapToObj(
                i -> {
                  server.enqueue(ok());
                  return client.post(url).json(i).asString();
                })
            .toList();
    assertThat(calls).allSatisfy(call -> assertThat(value(call)).isEqualTo("ok"));
    for (int i = 0; i <= 50; i++) {
      RecordedRequest request = server.takeRequest();
      assertThat(request.getConnectionIndex()).isZero();
      assertThat(request.getVersion()).startsWith("HTTP/2");
    }
    assertThat(client.stats().openConnections()).isEqualTo(1);
  }

  // By frames, and not by MockWebServer: that resets a stream before it takes the reset from its
  // queue,
  // so that a request that comes again at once may get the same once more.

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void refusedStreamWasNotProcessedAndGoesAgain(String method) {
    RawHttp2Server server = rawServer(Answer.reset(REFUSED_STREAM), Answer.ok());
    FetchResponse response = value(priorKnowledge().request(method, server.url("/")).asResponse());
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.attempts()).isEqualTo(2);
    assertThat(server.streams()).isEqualTo(2);
  }

  @Test
  void streamThatIsAlwaysRefusedSaysThatNothingWasProcessed() {
    RawHttp2Server server = rawServer(Answer.reset(REFUSED_STREAM));
    ConnectionError error =
        failure(priorKnowledge().post(server.url("/")).asString(), ConnectionError.class);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(error.attempts()).isEqualTo(3 + 3);
    assertThat(server.streams()).isEqualTo(3 + 3);
  }

  @Test
  void streamThatBreaksMayHaveBeenProcessed() {
    RawHttp2Server server =
        rawServer(Answer.reset(INTERNAL_ERROR), Answer.reset(INTERNAL_ERROR), Answer.ok());
    AsyncHttpClient client = priorKnowledge();
    ConnectionError error = failure(client.post(server.url("/")).asString(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.RESET);
    assertThat(error.mayHaveBeenProcessed()).isTrue();
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(value(client.get(server.url("/")).asResponse()).attempts()).isEqualTo(2);
  }

  @Test
  void streamThatBreaksOnALiveConnectionIsAnOrdinaryRetry() {
    RawHttp2Server server =
        rawServer(Answer.ok(), Answer.reset(INTERNAL_ERROR), Answer.reset(INTERNAL_ERROR));
    AsyncHttpClient client = priorKnowledge();
    RetryPolicy poor = RetryPolicy.builder().budget(RetryBudget.of(0, 0, 1)).build();
    value(client.get(server.url("/")).asVoid().thenApply(none -> "warm"));
    // One token: one retry, and none for free.
    FetchError error =
        failure(client.get(server.url("/")).retry(poor).asVoid(), ConnectionError.class);
    assertThat(error.attempts()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void goAwayBelowTheStreamWasNotProcessedAndGoesAgain(String method) {
    RawHttp2Server server = rawServer(Answer.ok(), Answer.goAwayBelow(), Answer.ok());
    AsyncHttpClient client = priorKnowledge();
    value(client.get(server.url("/")).asVoid().thenApply(none -> "warm"));
    FetchResponse response = value(client.request(method, server.url("/")).asResponse());
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.attempts()).isEqualTo(2);
    assertThat(server.streams()).isEqualTo(3);
    assertThat(server.acceptedConnections()).isEqualTo(2);
  }

  @Test
  void goAwayBetweenTwoCallsCostsNothing() {
    RawHttp2Server server = rawServer(Answer.okAndGoAway(), Answer.ok());
    AsyncHttpClient client = priorKnowledge();
    for (int i = 0; i < 2; i++) {
      FetchResponse response = value(client.post(server.url("/")).asResponse());
      assertThat(response.attempts()).isEqualTo(1);
      server.awaitGoAwaysSeen();
    }
    assertThat(server.streams()).isEqualTo(2);
  }

  @Test
  void lostConnectionIsRetriedOnlyIfRepeatable() {
    RawHttp2Server server = rawServer(Answer.hangUp(), Answer.hangUp(), Answer.ok());
    AsyncHttpClient client = priorKnowledge();
    ConnectionError error = failure(client.post(server.url("/")).asString(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.RESET);
    assertThat(error.mayHaveBeenProcessed()).isTrue();
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(value(client.get(server.url("/")).asResponse()).attempts()).isEqualTo(2);
  }

  @Test
  void floodOfPingsEndsWithinTheAttemptsTime() {
    RawHttp2Server server = rawServer(Answer.pings());
    FetchError error =
        failure(
            priorKnowledge()
                .get(server.url("/"))
                .attemptTimeout(Duration.ofMillis(200))
                .noRetry()
                .asString(),
            FetchError.class);
    // As a flood, if this machine is fast enough for so many of them in that time.
    boolean outOfTime =
        error instanceof FetchTimeoutError timeout
            && timeout.phase() == FetchTimeoutError.Phase.ATTEMPT;
    boolean flooded = error instanceof ConnectionError broken && broken.kind() == Kind.PROTOCOL;
    assertThat(outOfTime || flooded).as("%s", error).isTrue();
    assertThat(error.elapsed()).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void cancelResetsTheStreamAndLeavesTheOthersAlone() {
    RawHttp2Server server = rawServer(Answer.silence(), Answer.ok());
    AsyncHttpClient client = priorKnowledge();
    CompletableFuture<String> silent = client.getString(server.url("/"));
    server.awaitStreams(1);
    silent.cancel(true);
    server.awaitResets(1);
    assertThat(value(client.get(server.url("/")).asResponse()).status()).isEqualTo(200);
    assertThat(server.acceptedConnections()).isEqualTo(1);
  }

  @Test
  void garbageInPlaceOfHttp2IsAnError() {
    RawHttp2Server server = rawServer(Answer.garbage());
    ConnectionError error =
        failure(priorKnowledge().get(server.url("/")).noRetry().asString(), ConnectionError.class);
    assertThat(error.kind()).isIn(Kind.PROTOCOL, Kind.RESET);
  }
}
