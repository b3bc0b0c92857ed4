package dev.fetchwell.internal.pipeline.breaker;

import static dev.fetchwell.internal.pipeline.breaker.BreakersHarness.HOST;
import static dev.fetchwell.internal.pipeline.breaker.BreakersHarness.OPEN;
import static dev.fetchwell.internal.pipeline.breaker.BreakersHarness.policy;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.CircuitOpenError;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import dev.fetchwell.policy.RetryPolicy;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When it opens, what it says then, and how it closes again. */
class BreakersTest {

  private final BreakersHarness harness = new BreakersHarness();

  @Test
  void hostThatFailsIsAskedNoLonger() {
    harness.open();

    CircuitOpenError error = failure(harness.send(), CircuitOpenError.class);

    assertThat(harness.next.count()).isEqualTo(2);
    assertThat(error.retryAfter()).isEqualTo(OPEN);
    assertThat(error.attempts()).isZero();
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(error)
        .hasMessageContaining("the circuit breaker of a is open")
        .hasMessageContaining("in 10000 ms");
  }

  @Test
  void retryAfterIsWhatIsLeft() {
    harness.open();
    harness.timer.advance(Duration.ofSeconds(4));

    assertThat(failure(harness.send(), CircuitOpenError.class).retryAfter())
        .isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void fewerThanTheMinimumDoNotOpenIt() {
    harness.answer(503);

    assertThat(harness.state()).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void shareBelowTheRateDoesNotOpenIt() {
    harness.answer(200);
    harness.answer(200);
    harness.answer(200);
    harness.answer(503);
    assertThat(harness.state()).isEqualTo(CircuitState.CLOSED);

    harness.answer(503);
    assertThat(harness.state()).as("two of the last four").isEqualTo(CircuitState.OPEN);
  }

  @Test
  void otherHostGoesOn() {
    harness.open();

    var unused = harness.send("b");

    assertThat(harness.next.count()).isEqualTo(3);
    assertThat(harness.breakers.states())
        .containsEntry("a", CircuitState.OPEN)
        .containsEntry("b", CircuitState.CLOSED);
  }

  @Test
  void opensNoEarlierThanItsTime() {
    harness.open();
    harness.timer.advance(OPEN.minusMillis(1));

    assertThat(failure(harness.send(), CircuitOpenError.class).retryAfter())
        .isEqualTo(Duration.ofMillis(1));
  }

  @Test
  void whoWaitsAsLongAsItSaysIsATrial() {
    harness.open();
    harness.timer.advance(failure(harness.send(), CircuitOpenError.class).retryAfter());

    harness.answer(200);

    assertThat(harness.state()).isEqualTo(CircuitState.HALF_OPEN);
  }

  @Test
  void needsNoTimerToBeTriedAgain() {
    harness.open();

    assertThat(harness.timer.pending()).isZero();
  }

  @Test
  void trialsThatSucceedCloseIt() {
    harness.openAndWait();
    harness.answer(200);
    harness.answer(200);

    assertThat(harness.state()).isEqualTo(CircuitState.CLOSED);
    assertThat(harness.changes())
        .containsExactly(
            "circuitChanged a CLOSED OPEN",
            "circuitChanged a OPEN HALF_OPEN",
            "circuitChanged a HALF_OPEN CLOSED");
  }

  @Test
  void trialsThatFailOpenItForAsLongAgain() {
    harness.openAndWait();
    harness.answer(503);
    harness.answer(503);

    assertThat(failure(harness.send(), CircuitOpenError.class).retryAfter()).isEqualTo(OPEN);
    assertThat(harness.changes()).last().isEqualTo("circuitChanged a HALF_OPEN OPEN");
  }

  @Test
  void whoComesWhileTrialsRunIsRefused() {
    harness.openAndWait();
    var one = harness.send();
    var other = harness.send();

    CircuitOpenError error = failure(harness.send(), CircuitOpenError.class);

    assertThat(error.retryAfter()).isZero();
    assertThat(error).hasMessageContaining("half-open and all its trial calls run");
    assertThat(one).isNotDone();
    assertThat(other).isNotDone();
  }

  @Test
  void trialIsMarkedSoThatItIsNeitherRetriedNorHedged() {
    harness.answer(503);
    assertThat(harness.next.last().attempt().isTrial()).isFalse();
    harness.answer(503);
    harness.timer.advance(OPEN);
    harness.answer(503);

    assertThat(harness.next.last().attempt().isTrial()).isTrue();
  }

  @Test
  void standardRetryPolicyDoesNotRetryARefusal() {
    CallFacts facts = new CallFacts("GET", "", 0, Duration.ZERO, false);
    CircuitOpenError error = new CircuitOpenError("", Duration.ofMillis(1), facts);

    assertThat(RetryPolicy.standard().retries(error)).isFalse();
  }

  @Test
  void slowAnswersOpenItIfAsked() {
    BreakersHarness slow =
        new BreakersHarness(policy().slowCalls(Duration.ofSeconds(2), 0.5).build());
    answerAfter(slow, Duration.ofSeconds(2));
    answerAfter(slow, Duration.ofMillis(1_999));

    assertThat(slow.state()).isEqualTo(CircuitState.OPEN);
  }

  @Test
  void slowAnswersAreFineUnlessAsked() {
    for (int i = 0; i < 4; i++) {
      answerAfter(harness, Duration.ofSeconds(9));
    }

    assertThat(harness.state()).isEqualTo(CircuitState.CLOSED);
    assertThat(harness.metrics().getNumberOfSlowCalls()).isZero();
  }

  /** Above the permits, the breaker sees the wait for them, too. */
  @Test
  void timeBeforeTheWireIsNotSlow() {
    BreakersHarness slow =
        new BreakersHarness(policy().slowCalls(Duration.ofSeconds(2), 0.5).build());
    for (int i = 0; i < 2; i++) {
      CallContext context = slow.context(HOST, options());
      var unused = slow.breakers.layer().around(slow.next).send(context.request(), context);
      slow.timer.advance(Duration.ofSeconds(5));
      context.attempt().markOnWire(slow.timer.nanoTime());
      slow.next.last().future().complete(reply(200));
    }

    assertThat(slow.metrics().getNumberOfSlowCalls()).isZero();
    assertThat(slow.metrics().getNumberOfSuccessfulCalls()).isEqualTo(2);
  }

  private static void answerAfter(BreakersHarness harness, Duration time) {
    var unused = harness.send();
    harness.timer.advance(time);
    harness.next.last().future().complete(reply(200));
  }

  @Test
  void forcedOpenRefusesAndIsShownAsOpen() {
    harness.resilience4j().transitionToForcedOpenState();

    CircuitOpenError error = failure(harness.send(), CircuitOpenError.class);

    assertThat(error).hasMessageContaining("forced open by hand");
    assertThat(harness.state()).isEqualTo(CircuitState.OPEN);
    assertThat(harness.next.count()).isZero();
    harness.timer.advance(OPEN.multipliedBy(10));
    assertThat(harness.send()).isCompletedExceptionally();
  }

  @Test
  void disabledAndCollectingOnesLetAllThroughAndAreShownAsClosed() {
    harness.resilience4j().transitionToDisabledState();
    for (int i = 0; i < 4; i++) {
      harness.answer(503);
    }
    harness.resilience4j().transitionToMetricsOnlyState();
    for (int i = 0; i < 4; i++) {
      harness.answer(503);
    }

    assertThat(harness.state()).isEqualTo(CircuitState.CLOSED);
    assertThat(harness.metrics().getNumberOfFailedCalls()).isEqualTo(4);
    assertThat(harness.changes()).isEmpty();
  }

  @Test
  void openedByHandForATimeIsTriedAfterIt() {
    harness.answer(200);
    harness.resilience4j().transitionToOpenStateFor(Duration.ofSeconds(3));
    assertThat(failure(harness.send(), CircuitOpenError.class)).isNotNull();
    assertThat(harness.changes()).containsExactly("circuitChanged a CLOSED OPEN");

    harness.timer.advance(Duration.ofMillis(3_001));
    harness.answer(200);

    assertThat(harness.state()).isEqualTo(CircuitState.HALF_OPEN);
  }

  @Test
  void openedByHandUntilADateIsTriedAfterIt() {
    harness.answer(200);
    harness
        .resilience4j()
        .transitionToOpenStateUntil(harness.platform.clock().instant().plusSeconds(3));

    harness.timer.advance(Duration.ofMillis(3_001));
    harness.answer(200);

    assertThat(harness.state()).isEqualTo(CircuitState.HALF_OPEN);
  }

  @Test
  void closedByHandStartsAfresh() {
    harness.open();
    harness.resilience4j().reset();

    harness.answer(503);

    assertThat(harness.state()).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void breakerThatAUserAsksForFirstGoesByThePolicy() {
    CircuitBreaker early = harness.breakers.registry().circuitBreaker(HOST);
    harness.open();

    assertThat(early.getState()).isEqualTo(CircuitBreaker.State.OPEN);
  }

  @Test
  void smallestAndLargestKnobsAreLegal() {
    BreakersHarness edge =
        new BreakersHarness(
            CircuitBreakerPolicy.builder()
                .failureRate(Double.MIN_VALUE)
                .slidingWindow(1)
                .openFor(Duration.ofNanos(1))
                .trialCalls(100_000)
                .slowCalls(Duration.ofNanos(1), Double.MIN_VALUE)
                .build());
    edge.answer(503);
    assertThat(edge.state()).isEqualTo(CircuitState.OPEN);

    edge.timer.advance(Duration.ofNanos(1));
    edge.answer(200);

    assertThat(edge.state()).as("after the first trial").isEqualTo(CircuitState.CLOSED);
  }
}
