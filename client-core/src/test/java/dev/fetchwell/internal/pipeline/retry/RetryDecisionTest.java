package dev.fetchwell.internal.pipeline.retry;

import static dev.fetchwell.testkit.Answers.breaks;
import static dev.fetchwell.testkit.Answers.breaksAfterSending;
import static dev.fetchwell.testkit.Answers.fails;
import static dev.fetchwell.testkit.Answers.losesReusedConnection;
import static dev.fetchwell.testkit.Answers.refuses;
import static dev.fetchwell.testkit.Answers.replies;
import static dev.fetchwell.testkit.Answers.timesOut;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.request;
import static dev.fetchwell.testkit.TestCalls.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Outermost;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is tried again and when, seen through the whole stage. */
class RetryDecisionTest {

  private static final Header KEY = new Header("Idempotency-Key", "k-1", false);
  private static final RetryBudget ONE_TOKEN = RetryBudget.of(0, 0, 1);

  private final VirtualTimer timer = new VirtualTimer();
  private final ScriptedStage next = new ScriptedStage();
  private final Stage stage =
      Outermost.around(
          Retries.layer(RetryRegistry.ofDefaults(), VirtualPlatform.of(timer)).around(next));

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
  void transientStatusIsRetried(int status) {
    assertThat(attempts(request("GET"), steady().build(), fails(status))).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 409, 422, 501, 505})
  void otherStatusIsNot(int status) {
    assertThat(attempts(request("GET"), steady().build(), fails(status))).isEqualTo(1);
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(breaks(ConnectionError.Kind.DNS), 3),
        Arguments.of(breaks(ConnectionError.Kind.CONNECT), 3),
        Arguments.of(breaksAfterSending(ConnectionError.Kind.RESET), 3),
        Arguments.of(breaksAfterSending(ConnectionError.Kind.PROTOCOL), 3),
        Arguments.of(breaks(ConnectionError.Kind.TLS), 1),
        Arguments.of(timesOut(FetchTimeoutError.Phase.ATTEMPT), 3),
        Arguments.of(timesOut(FetchTimeoutError.Phase.CONNECT), 3),
        Arguments.of(timesOut(FetchTimeoutError.Phase.QUEUE), 1),
        Arguments.of(timesOut(FetchTimeoutError.Phase.TOTAL), 1));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void transportErrorsAndTimeoutsOfAnAttemptAreRetried(ScriptedStage.Answer answer, int expected) {
    assertThat(attempts(request("GET"), steady().build(), answer)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,3",
    "HEAD,3",
    "OPTIONS,3",
    "PUT,3",
    "DELETE,3",
    "PROPFIND,3",
    "POST,1",
    "PATCH,1",
    "MOVE,1"
  })
  void onlyIdempotentMethodsAreRepeatedOnceTheyMayHaveBeenProcessed(String method, int expected) {
    assertThat(attempts(request(method), steady().build(), fails(503))).isEqualTo(expected);
  }

  @Test
  void anyMethodWithAKeyIsRepeatedWithTheSameKey() {
    assertThat(attempts(request("POST", KEY), steady().build(), fails(503))).isEqualTo(3);
    assertThat(next.last().request().header("idempotency-key")).contains("k-1");
  }

  @Test
  void anyMethodIsRepeatedIfThePolicySaysSo() {
    RetryPolicy bold = steady().retryNonIdempotent(true).build();

    assertThat(attempts(request("POST"), bold, fails(503))).isEqualTo(3);
  }

  @Test
  void anyMethodIsRepeatedIfItNeverLeft() {
    assertThat(attempts(request("POST"), steady().build(), breaks(ConnectionError.Kind.CONNECT)))
        .isEqualTo(3);
  }

  @Test
  void anyMethodIsRepeatedIfThePeerRefusedItUnprocessed() {
    ScriptedStage.Answer refused =
        (request, context) -> {
          context.attempt().markSent();
          context.attempt().markRefused();
          throw new ConnectionError(ConnectionError.Kind.RESET, "", context.facts(), null);
        };

    assertThat(attempts(request("POST"), steady().build(), refused)).isEqualTo(3 + 3);
  }

  @Test
  void postThatBrokeAfterItWasSentSaysThatItMayHaveBeenProcessed() {
    next.then(breaksAfterSending(ConnectionError.Kind.RESET));

    FetchError error = failure(send(request("POST"), steady().build()), ConnectionError.class);

    assertThat(error.mayHaveBeenProcessed()).isTrue();
    assertThat(error.attempts()).isEqualTo(1);
  }

  @Test
  void errorRemembersThatAnEarlierAttemptMayHaveBeenProcessed() {
    next.then(fails(503)).always(breaks(ConnectionError.Kind.CONNECT));
    CompletableFuture<Reply> call = send(request("GET"), steady().build());
    timer.advance(Duration.ofSeconds(2));

    assertThat(failure(call, ConnectionError.class).mayHaveBeenProcessed()).isTrue();
  }

  @Test
  void lostReusedConnectionGoesAgainAtOnceOnAFreshOneAndFreeOfBudget() {
    RetryPolicy tight = steady().budget(ONE_TOKEN).build();
    next.then(losesReusedConnection()).then(fails(503)).then(replies(200));
    CompletableFuture<Reply> call = send(request("GET"), tight);

    assertThat(next.count()).isEqualTo(1);
    timer.runDue();
    assertThat(next.count()).isEqualTo(2);
    assertThat(next.last().attempt().needsFreshConnection()).isTrue();
    assertThat(next.last().attempt().number()).isEqualTo(2);
    timer.advance(Duration.ofSeconds(1));

    assertThat(next.last().attempt().needsFreshConnection()).isFalse();
    assertThat(call).isCompleted();
  }

  @Test
  void lostReusedConnectionIsRepeatedWhateverThePolicyRetries() {
    RetryPolicy nothing = steady().retryIf(error -> false).build();
    next.then(losesReusedConnection()).then(replies(200));
    CompletableFuture<Reply> call = send(request("GET"), nothing);

    timer.runDue();

    assertThat(call).isCompleted();
  }

  @Test
  void lostReusedConnectionUnderAPostIsNotRepeated() {
    assertThat(attempts(request("POST"), steady().build(), losesReusedConnection())).isEqualTo(1);
  }

  @Test
  void lostReusedConnectionUnderAPostWithAKeyIsRepeated() {
    next.then(losesReusedConnection()).then(replies(200));
    CompletableFuture<Reply> call = send(request("POST", KEY), steady().build());

    timer.runDue();

    assertThat(call).isCompleted();
  }

  @Test
  void lostReusedConnectionUsesUpNoAttemptOfThePolicyUpToThreeTimesACall() {
    assertThat(attempts(request("GET"), steady().build(), losesReusedConnection()))
        .isEqualTo(3 + 3);
    assertThat(attempts(request("GET"), RetryPolicy.none(), losesReusedConnection()))
        .as("one attempt only is what it says")
        .isEqualTo(3 + 3 + 1);
  }

  @Test
  void refusedRequestUsesUpNoAttemptOfThePolicyWhateverItsMethod() {
    RetryPolicy two = steady().maxAttempts(2).build();

    assertThat(attempts(request("POST"), two, refuses())).isEqualTo(3 + 2);
  }

  @Test
  void statusAfterRepeatsIsRetriedAsOftenAsThePolicySays() {
    next.then(losesReusedConnection()).then(losesReusedConnection()).always(fails(503));

    CompletableFuture<Reply> call = send(request("GET"), steady().build());
    timer.advance(Duration.ofSeconds(20));

    assertThat(failure(call, ServerStatusError.class).attempts()).isEqualTo(2 + 3);
  }

  @Test
  void predicateReplacesTheDefaultsAndStatusesAddToIt() {
    RetryPolicy policy =
        steady().retryIf(ConnectionError.class::isInstance).retryOnStatus(418).build();

    assertThat(attempts(request("GET"), policy, fails(503))).isEqualTo(1);
    assertThat(attempts(request("GET"), policy, fails(418))).isEqualTo(1 + 3);
    assertThat(attempts(request("GET"), policy, breaks(ConnectionError.Kind.TLS)))
        .isEqualTo(1 + 3 + 3);
  }

  @Test
  void jitterComesFromTheInjectedRandom() {
    RetryPolicy jittered =
        steady()
            .backoff(
                Backoff.exponential(Duration.ofSeconds(1), Duration.ofSeconds(8)).withFullJitter())
            .build();
    next.then(fails(503));
    var unused = send(request("GET"), jittered);

    long expected = new Random(1).nextLong(Duration.ofSeconds(1).toNanos() + 1) / 1_000_000;
    assertThat(timer.nextIn()).contains(Duration.ofMillis(expected));
  }

  private CompletableFuture<Reply> send(FetchRequest request, RetryPolicy policy) {
    return stage.send(request, context(request, options(policy), timer));
  }

  /** How many requests this stage has sent after one more call that fails all the time. */
  private int attempts(FetchRequest request, RetryPolicy policy, ScriptedStage.Answer answer) {
    next.always(answer);
    CompletableFuture<Reply> call = send(request, policy);
    timer.advance(Duration.ofSeconds(10));
    assertThat(call).isCompletedExceptionally();
    assertThat(timer.pending()).isZero();
    return next.count();
  }
}
