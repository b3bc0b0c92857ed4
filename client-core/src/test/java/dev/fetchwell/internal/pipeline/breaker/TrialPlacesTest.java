package dev.fetchwell.internal.pipeline.breaker;

import static dev.fetchwell.internal.pipeline.breaker.BreakersHarness.HOST;
import static dev.fetchwell.internal.pipeline.breaker.BreakersHarness.OPEN;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.CircuitOpenError;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.testkit.TestBody;
import dev.fetchwell.testkit.TestCalls;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The places of trials: none is lost, and none is made up. */
class TrialPlacesTest {

  private final BreakersHarness harness = new BreakersHarness();

  @Test
  void cancelledTrialGivesItsPlaceBack() {
    harness.openAndWait();
    for (int i = 0; i < 10; i++) {
      CompletableFuture<Reply> trial = harness.send();
      assertThat(trial).as("trial " + i).isNotDone();
      trial.cancel(false);
    }

    assertBothPlacesAreThere();
  }

  /** It waited for a permit until its time was over. */
  @Test
  void trialThatNeverCameToTheWireGivesItsPlaceBack() {
    harness.openAndWait();
    for (int i = 0; i < 10; i++) {
      CallContext context = harness.context(HOST, options().timeout(Duration.ofSeconds(1)));
      var trial = harness.breakers.layer().around(harness.next).send(context.request(), context);
      harness.timer.advance(Duration.ofSeconds(1));
      trial.cancel(false);
    }

    assertBothPlacesAreThere();
  }

  @Test
  void trialThatHangsEndsAtItsTimeoutAndCounts() {
    harness.openAndWait();
    var one = harness.send();
    var other = harness.send();
    harness.timer.advance(options().attemptTimeout());

    assertThat(one).isCompletedExceptionally();
    assertThat(other).isCompletedExceptionally();
    assertThat(harness.state()).isEqualTo(CircuitState.OPEN);
  }

  @Test
  void trialWhoseStreamStaysOpenHoldsNoPlace() {
    harness.openAndWait();
    for (int i = 0; i < 2; i++) {
      var unused = harness.send();
      harness.next.last().future().complete(TestCalls.open(new TestBody("first")));
    }

    assertThat(harness.state()).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void attemptOfTheTimeBeforeDecidesNothing() {
    var straggler = harness.send(HOST, options().attemptTimeout(OPEN.multipliedBy(2)));
    var another = harness.send(HOST, options().attemptTimeout(OPEN.multipliedBy(2)));
    harness.openAndWait();
    var trial = harness.send();
    assertThat(harness.state()).isEqualTo(CircuitState.HALF_OPEN);

    harness.next.sent(0).future().complete(reply(200));
    harness.next.sent(1).future().complete(reply(200));

    assertThat(harness.state()).isEqualTo(CircuitState.HALF_OPEN);
    assertThat(straggler).isCompleted();
    assertThat(another).isCompleted();
    assertThat(trial).isNotDone();
  }

  /** resilience4j would add a place for it. */
  @Test
  void attemptOfTheTimeBeforeThatIsCancelledMakesUpNoPlace() {
    var straggler = harness.send(HOST, options().attemptTimeout(OPEN.multipliedBy(2)));
    harness.openAndWait();
    var one = harness.send();
    straggler.cancel(false);
    var other = harness.send();

    assertThat(harness.send()).isCompletedExceptionally();
    assertThat(one).isNotDone();
    assertThat(other).isNotDone();
  }

  @Test
  void atMostSoManyTrialsRunAlsoWhenItIsOpenedByHandBetween() {
    harness.openAndWait();
    var one = harness.send();
    var other = harness.send();
    harness.resilience4j().transitionToOpenState();
    harness.resilience4j().transitionToHalfOpenState();

    assertThat(harness.send()).as("while the earlier trials run").isCompletedExceptionally();
    one.cancel(false);
    assertThat(harness.send()).isNotDone();
    other.cancel(false);
    assertThat(harness.send()).isNotDone();
    assertThat(harness.send()).isCompletedExceptionally();
  }

  /** Such as by who took it by hand, and forgot it. */
  @Test
  void placeThatResilience4jLostComesBack() {
    harness.openAndWait();
    harness.resilience4j().transitionToHalfOpenState();
    assertThat(harness.resilience4j().tryAcquirePermission()).isTrue();
    assertThat(harness.resilience4j().tryAcquirePermission()).isTrue();
    assertThat(harness.resilience4j().tryAcquirePermission()).isFalse();

    harness.answer(200);
    harness.answer(200);

    assertThat(harness.state()).isEqualTo(CircuitState.CLOSED);
  }

  private void assertBothPlacesAreThere() {
    var one = harness.send();
    var other = harness.send();
    assertThat(one).isNotDone();
    assertThat(other).isNotDone();
    assertThat(failure(harness.send(), CircuitOpenError.class).retryAfter()).isZero();
    harness.next.sent(harness.next.count() - 1).future().complete(reply(200));
    harness.next.sent(harness.next.count() - 2).future().complete(reply(200));
    assertThat(harness.state()).isEqualTo(CircuitState.CLOSED);
  }
}
