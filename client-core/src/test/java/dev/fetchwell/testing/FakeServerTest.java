package dev.fetchwell.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.stream.Lines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class FakeServerTest {

  private final FakeServer server = FakeServer.create();
  private final AsyncHttpClient client =
      server.client(builder -> builder.retry(everySecond()).timeout(Duration.ofSeconds(20)));

  record User(String id, String name) {}

  private static RetryPolicy everySecond() {
    return RetryPolicy.builder().backoff(Backoff.fixed(Duration.ofSeconds(1))).build();
  }

  @Test
  void replyWithoutADelayIsThereWhenTheCallReturns() {
    server.on("GET", "/users/{id}", request -> FakeReply.json(user(request.variable("id"))));

    CompletableFuture<User> call = client.getJson("/users/a%20b", User.class);

    assertThat(call).isCompletedWithValue(user("a b"));
    assertThat(server.elapsed()).isZero();
  }

  private static User user(String id) {
    return new User(id, "Ada");
  }

  @Test
  void replyWithADelayComesWhenItsTimeHasCome() {
    server.on("GET", "/slow", FakeReply.text("hi").after(Duration.ofMillis(50)));

    CompletableFuture<String> call = client.getString("/slow");
    server.advance(Duration.ofMillis(49));
    assertThat(call).isNotDone();
    server.advance(Duration.ofMillis(1));

    assertThat(call).isCompletedWithValue("hi");
  }

  @Test
  void retriesAreRealAndTakeVirtualTimeOnly() {
    server.on("GET", "/flaky", FakeReply.status(503), FakeReply.status(500), FakeReply.text("ok"));

    assertThat(server.await(client.getString("/flaky"))).isEqualTo("ok");

    assertThat(server.elapsed()).isEqualTo(Duration.ofSeconds(2));
    assertThat(server.requests()).extracting(FakeRequest::attempt).containsExactly(1, 2, 3);
    server.verifyNoMore();
  }

  @Test
  void retryAfterIsWaitedFor() {
    server.on(
        "GET", "/busy", FakeReply.status(429).header("Retry-After", "7"), FakeReply.text("ok"));

    server.await(client.getString("/busy"));

    assertThat(server.elapsed()).isEqualTo(Duration.ofSeconds(7));
  }

  @ParameterizedTest
  @CsvSource({
    "UNKNOWN_HOST, DNS, false",
    "CONNECTION_REFUSED, CONNECT, false",
    "UNTRUSTED_CERTIFICATE, TLS, false",
    "CONNECTION_RESET, RESET, true",
    "NOT_HTTP, PROTOCOL, true",
  })
  void faultIsTheErrorThatARealOneWouldBe(
      Fault fault, ConnectionError.Kind kind, boolean mayHaveBeenProcessed) {
    server.on("POST", "/x", FakeReply.fault(fault));

    assertThatThrownBy(() -> server.await(client.post("/x").noRetry().asVoid()))
        .isInstanceOfSatisfying(
            ConnectionError.class,
            error -> {
              assertThat(error.kind()).isEqualTo(kind);
              assertThat(error.mayHaveBeenProcessed()).isEqualTo(mayHaveBeenProcessed);
            });
    assertThat(client.stats().inFlight()).isZero();
  }

  @Test
  void faultMayPassBeforeTheNextAttempt() {
    server.on("GET", "/x", FakeReply.fault(Fault.CONNECTION_RESET), FakeReply.text("ok"));

    assertThat(server.await(client.getString("/x"))).isEqualTo("ok");
    assertThat(client.stats().retries()).isEqualTo(1);
  }

  @Test
  void serverThatNeverAnswersMeetsTheAttemptsTimeout() {
    server.on("GET", "/x", FakeReply.fault(Fault.NO_ANSWER));
    CompletableFuture<String> call = client.get("/x").noRetry().asString();

    assertThatThrownBy(() -> server.await(call))
        .isInstanceOfSatisfying(
            FetchTimeoutError.class,
            error -> assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.ATTEMPT));
    assertThat(server.elapsed()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void connectTimeoutTakesItsTime() {
    server.on("GET", "/x", FakeReply.fault(Fault.CONNECT_TIMEOUT));

    assertThatThrownBy(() -> server.await(client.get("/x").noRetry().asString()))
        .isInstanceOfSatisfying(
            FetchTimeoutError.class,
            error -> assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.CONNECT));
    assertThat(server.elapsed()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void callsBeyondThePermitsWait() {
    AsyncHttpClient one = server.client(builder -> builder.maxConcurrency(1));
    server.on("GET", "/{n}", request -> FakeReply.text("ok").after(Duration.ofSeconds(1)));
    List<CompletableFuture<String>> calls =
        IntStream.range(0, 3).mapToObj(i -> one.getString("/" + i)).toList();

    server.advance(Duration.ofSeconds(2));

    assertThat(calls).extracting(CompletableFuture::isDone).containsExactly(true, true, false);
    assertThat(server.requests()).hasSize(3);
  }

  @Test
  void thousandsThatWaitDoNotOverflowTheStack() {
    AsyncHttpClient one = server.client(builder -> builder.maxConcurrency(1));
    server.on("GET", "/first", FakeReply.text("ok").after(Duration.ofSeconds(1)));
    server.on("GET", "/{n}", FakeReply.text("ok"));
    CompletableFuture<String> first = one.getString("/first");
    CompletableFuture<List<String>> all =
        Batch.of(IntStream.range(0, 3_000).mapToObj(i -> "/" + i).toList(), one::getString)
            .concurrency(3_000)
            .all();

    server.await(first);

    assertThat(all).succeedsWithin(Duration.ofSeconds(20));
    assertThat(one.stats().queued()).isZero();
  }

  @Test
  void dependentMayWaitForAnotherCall() {
    server.on("GET", "/a", FakeReply.text("a").after(Duration.ofSeconds(1)));
    server.on("GET", "/b", FakeReply.text("b"));

    CompletableFuture<String> both =
        client.getString("/a").thenApply(a -> a + client.getString("/b").join());

    assertThat(server.await(both)).isEqualTo("ab");
  }

  @Test
  void requestIsShownAsItWasSent() {
    server.on("POST", "/orders", request -> FakeReply.status(204));

    server.await(
        client.post("/orders").query("dry", true).header("X-A", "b").json(user("7")).asVoid());

    FakeRequest sent = server.requests().get(0);
    assertThat(sent.method()).isEqualTo("POST");
    assertThat(sent.url()).hasToString("https://fake.example/orders?dry=true");
    assertThat(sent.query("dry")).contains("true");
    assertThat(sent.query("other")).isEmpty();
    assertThat(sent.header("x-a")).contains("b");
    assertThat(sent.json(User.class)).isEqualTo(user("7"));
    assertThatThrownBy(() -> sent.variable("id"))
        .hasMessage("no {id} in the path (expected: one of [])");
  }

  @Test
  void whatIsNotExpectedSaysWhatToDoAndIsNotRetried() {
    assertThatThrownBy(() -> server.await(client.getString("/none")))
        .isInstanceOf(UnexpectedError.class)
        .hasMessageContaining("the fake server has no reply for GET https://fake.example/none");
    assertThat(server.requests()).hasSize(1);
    assertThatThrownBy(server::verifyNoMore)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("server.on(\"GET\", \"/none\", ...)");
  }

  @Test
  void requestThatTheTestHasNotLookedAtIsToldOf() {
    server.on("GET", "/a", FakeReply.text("a"));
    server.await(client.getString("/a"));
    assertThat(server.requests()).hasSize(1);
    server.verifyNoMore();

    server.await(client.getString("/a"));

    assertThatThrownBy(server::verifyNoMore)
        .hasMessage("the fake server also got [GET https://fake.example/a]");
  }

  @Test
  void redirectsLeadToWhereTheyPoint() {
    server.on("GET", "/old", FakeReply.status(301).header("Location", "https://other.example/new"));
    server.on("GET", "https://other.example/new", FakeReply.text("there"));

    assertThat(server.await(client.getString("/old"))).isEqualTo("there");
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void statusAndMalformedJsonAreTheErrorsOfARealCall() {
    server.on("GET", "/gone", FakeReply.text("no such user").withStatus(404));
    server.on("GET", "/bad", FakeReply.jsonText("{\"id\":"));
    server.on("GET", "/big", FakeReply.bytes(new byte[2_000], "image/png"));

    assertThatThrownBy(() -> server.await(client.getJson("/gone", User.class)))
        .isInstanceOfSatisfying(
            HttpStatusError.class, error -> assertThat(error.bodyText()).isEqualTo("no such user"));
    assertThatThrownBy(() -> server.await(client.getJson("/bad", User.class)))
        .isInstanceOf(DecodeError.class);
    assertThatThrownBy(() -> server.await(client.get("/big").maxResponseBytes(1_999).asBytes()))
        .isInstanceOf(BodyTooLargeError.class);
  }

  @Test
  void streamGetsItsPiecesAtTheirTimes() {
    server.on(
        "GET",
        "/lines",
        FakeReply.pieces("text/plain", "a\n", "b\nc", "\n").between(Duration.ofSeconds(3)));
    List<String> lines = new ArrayList<>();

    server.await(Lines.from(client.get("/lines")).forEach(lines::add));

    assertThat(lines).containsExactly("a", "b", "c");
    assertThat(server.elapsed()).isEqualTo(Duration.ofSeconds(6));
    assertThat(client.stats().inFlight()).isZero();
  }

  @Test
  void silenceInAStreamMeetsTheIdleTimeout() {
    server.on(
        "GET", "/s", FakeReply.pieces("text/plain", "a\n", "b\n").between(Duration.ofMinutes(5)));
    List<String> lines = new ArrayList<>();

    assertThatThrownBy(() -> server.await(Lines.from(client.get("/s")).once().forEach(lines::add)))
        .isInstanceOfSatisfying(
            FetchTimeoutError.class,
            error -> assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.IDLE));
    assertThat(lines).containsExactly("a");
  }

  @Test
  void streamThatIsCutIsAConnectionThatWasLost() {
    server.on("GET", "/s", FakeReply.pieces("text/plain", "a\n", "b").thenCut());

    assertThatThrownBy(() -> server.await(Lines.from(client.get("/s")).once().forEach(l -> {})))
        .isInstanceOf(ConnectionError.class);
  }

  @Test
  void callThatNoTimeCanEndIsToldOf() {
    assertThatThrownBy(() -> server.await(new CompletableFuture<String>()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a call of this server's client");
  }

  @Test
  void jitterIsTheSameInEachRun() {
    assertThat(elapsedWithJitter()).isEqualTo(elapsedWithJitter()).isPositive();
  }

  private static Duration elapsedWithJitter() {
    FakeServer fresh = FakeServer.create();
    fresh.on("GET", "/x", FakeReply.status(503), FakeReply.status(503), FakeReply.text("ok"));
    fresh.await(fresh.client().getString("/x"));
    return fresh.elapsed();
  }

  @Test
  void illegalPathsAndStatusesAreToldAtOnce() {
    assertThatThrownBy(() -> server.on("GET", "users", FakeReply.status(200)))
        .hasMessage("path: 'users' (expected: such as /users/{id}, without a query)");
    assertThatThrownBy(() -> FakeReply.status(99)).hasMessage("status: 99 (expected: 200 to 599)");
  }
}
