package dev.fetchwell.internal.pipeline.breaker;

import static dev.fetchwell.internal.pipeline.breaker.BreakersHarness.HOST;
import static dev.fetchwell.internal.pipeline.breaker.BreakersHarness.policy;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.error.RateLimitExceededError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.TestBody;
import dev.fetchwell.testkit.TestCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the end of an attempt counts. */
class VerdictTest {

  private static final CallFacts FACTS = new CallFacts("GET", "", 1, Duration.ZERO, false);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int OK = 200;

  private final BreakersHarness harness = new BreakersHarness();

  private String counted() {
    return harness.metrics().getNumberOfSuccessfulCalls()
        + " well, "
        + harness.metrics().getNumberOfFailedCalls()
        + " failed";
  }

  private Attempt running() {
    var unused = harness.send();
    return harness.next.last().attempt();
  }

  private void fail(Throwable error) {
    harness.next.last().future().completeExceptionally(error);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504, 599, 408, 425, 429})
  void statusesOfAHostInTrouble(int status) {
    harness.answer(status);

    assertThat(counted()).isEqualTo("0 well, 1 failed");
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 206, 301, 302, 304, 400, 401, 403, 404, 409, 422, 451})
  void statusesOfAHostThatIsWell(int status) {
    harness.answer(status);

    assertThat(counted()).isEqualTo("1 well, 0 failed");
  }

  @ParameterizedTest
  @EnumSource(ConnectionError.Kind.class)
  void connectionThatFails(ConnectionError.Kind kind) {
    Attempt unused = running();
    fail(new ConnectionError(kind, "", FACTS, null));

    assertThat(counted()).isEqualTo("0 well, 1 failed");
  }

  @Test
  void attemptThatTimesOut() {
    Attempt unused = running();
    harness.timer.advance(options().attemptTimeout());

    assertThat(counted()).isEqualTo("0 well, 1 failed");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 11})
  void attemptOnTheWireThatTheCallsOwnDeadlineCutsOff(int seconds) {
    Duration timeout = Duration.ofSeconds(seconds);
    var unused = harness.send(HOST, options().timeout(timeout).attemptTimeout(timeout));
    harness.timer.advance(timeout);

    assertThat(counted()).isEqualTo("0 well, 1 failed");
  }

  /** The deadline's cancel came down before the attempt's own timer was due. */
  @Test
  void attemptThatIsCancelledWhenTheTimeIsUp() {
    CallContext context = harness.context(HOST, options().timeout(SECOND));
    var call = harness.breakers.layer().around(harness.next).send(context.request(), context);
    context.attempt().markOnWire(harness.timer.nanoTime());
    harness.timer.advance(SECOND);
    call.cancel(false);

    assertThat(counted()).isEqualTo("0 well, 1 failed");
  }

  /** As it waited for a permit, or a rate limit, all the time. */
  @Test
  void attemptThatNeverCameToTheWireWhenTheTimeIsUp() {
    CallContext context = harness.context(HOST, options().timeout(SECOND));
    var call = harness.breakers.layer().around(harness.next).send(context.request(), context);
    harness.timer.advance(SECOND);
    call.cancel(false);

    assertThat(counted()).isEqualTo("0 well, 0 failed");
  }

  @Test
  void attemptWhoseCallerCancels() {
    var call = harness.send();
    call.cancel(false);

    assertThat(counted()).isEqualTo("0 well, 0 failed");
  }

  @Test
  void attemptThatTheClientCutsOffByClosing() {
    Attempt unused = running();
    fail(new CancellationException());

    assertThat(counted()).isEqualTo("0 well, 0 failed");
  }

  @Test
  void attemptThatWaitedAtTheClientWhenTheTimeWasUp() {
    running().markWaitingFor("memory for bodies");
    harness.timer.advance(options().attemptTimeout());

    assertThat(counted()).isEqualTo("0 well, 0 failed");
  }

  @Test
  void whatIsRefusedOnThisSideBeforeTheWire() {
    List<FetchError> errors =
        List.of(
            new BulkheadFullError("", FACTS),
            new RateLimitExceededError("", SECOND, FACTS),
            new ClientClosedError(FACTS),
            new FetchTimeoutError(FetchTimeoutError.Phase.QUEUE, SECOND, FACTS, null),
            new FetchTimeoutError(FetchTimeoutError.Phase.TOTAL, SECOND, FACTS, null));
    for (FetchError error : errors) {
      CallContext context = harness.context(HOST, options());
      var unused = harness.breakers.layer().around(harness.next).send(context.request(), context);
      fail(error);
    }

    assertThat(counted()).isEqualTo("0 well, 0 failed");
  }

  @Test
  void callersFaultBeforeAnAnswerSaysNothing() {
    for (FetchError error : callersFaults()) {
      Attempt unused = running();
      fail(error);
    }

    assertThat(counted()).isEqualTo("0 well, 0 failed");
  }

  @Test
  void callersFaultAfterAnAnswerSaysThatTheHostIsWell() {
    for (FetchError error : callersFaults()) {
      running().markStatus(OK);
      fail(error);
    }

    assertThat(counted()).isEqualTo("4 well, 0 failed");
  }

  private static List<FetchError> callersFaults() {
    return List.of(
        new DecodeError(String.class, "", "", FACTS, null),
        new InvalidRequestError("", FACTS, null),
        new BodyTooLargeError(1, "", FACTS),
        new UnexpectedError(FACTS, new IllegalStateException()));
  }

  @Test
  void whatIsThrownBelowAndIsNoErrorOfOurs() {
    Attempt unused = running();
    fail(new StackOverflowError());

    assertThat(counted()).isEqualTo("0 well, 0 failed");
  }

  @Test
  void staleConnectionAndStreamTooMany() {
    running().markLostReusedConnection();
    harness.breakUnder(0);
    running().markRefused();
    harness.breakUnder(1);

    assertThat(counted()).isEqualTo("0 well, 0 failed");
  }

  @Test
  void hostThatRefusesAgainAndAgain() {
    CallContext context = harness.context(HOST, options());
    for (int i = 0; i < 3; i++) {
      context.addRepeat();
    }
    var unused = harness.send(context);
    harness.next.last().attempt().markRefused();
    harness.breakUnder(0);
    var single = harness.send(HOST, options(RetryPolicy.none()));
    harness.next.last().attempt().markRefused();
    harness.breakUnder(1);

    assertThat(counted()).isEqualTo("0 well, 2 failed");
    assertThat(single).isCompletedExceptionally();
  }

  @Test
  void answerOfACache() {
    running().markCached();
    harness.next.last().future().complete(reply(OK));
    running().markCached();
    harness.next.last().future().complete(reply(504));

    assertThat(counted()).isEqualTo("0 well, 0 failed");
  }

  /** What becomes of its body is no longer the breaker's business. */
  @Test
  void streamIsJudgedByItsHeaders() {
    var call = harness.send();
    harness.next.last().future().complete(TestCalls.open(new TestBody()));

    assertThat(call).isCompleted();
    assertThat(counted()).isEqualTo("1 well, 0 failed");
  }

  @Test
  void conditionIsAskedInPlaceOfTheDefaultButOnlyAboutTheWire() {
    List<FetchError> asked = new ArrayList<>();
    BreakersHarness own =
        new BreakersHarness(
            policy()
                .countAsFailure(
                    error -> {
                      asked.add(error);
                      return true;
                    })
                .build());
    var notFound = own.send();
    own.next.last().future().complete(reply(404));
    CallContext context = own.context(HOST, options());
    var full = own.breakers.layer().around(own.next).send(context.request(), context);
    own.next.last().future().completeExceptionally(new BulkheadFullError("", FACTS));

    assertThat(own.metrics().getNumberOfFailedCalls()).isEqualTo(1);
    assertThat(asked).hasSize(1);
    assertThat(notFound).isCompletedExceptionally();
    assertThat(full).isCompletedExceptionally();
  }

  @Test
  void conditionThatThrowsCountsAsAFailureAndChangesNoAnswer() {
    BreakersHarness own =
        new BreakersHarness(
            policy()
                .countAsFailure(
                    error -> {
                      throw new AssertionError("thrown by a test");
                    })
                .build());
    own.answer(404);

    assertThat(own.metrics().getNumberOfFailedCalls()).isEqualTo(1);
  }
}
