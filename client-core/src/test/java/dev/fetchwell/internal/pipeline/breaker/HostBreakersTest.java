package dev.fetchwell.internal.pipeline.breaker;

import static dev.fetchwell.testkit.Answers.replies;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.testkit.TestCalls;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long a host's breaker is remembered. */
class HostBreakersTest {

  private static final int KEPT = HostBreakers.REMEMBERED;
  private static final int MANY = 10 * KEPT;

  private final BreakersHarness harness = new BreakersHarness();

  private void meet(String name, int hosts, int status) {
    harness.next.always(replies(status));
    for (int i = 0; i < hosts; i++) {
      harness.timer.advance(Duration.ofNanos(1));
      var one = harness.send(name + i);
      var other = harness.send(name + i);
      assertThat(one).isDone();
      assertThat(other).isDone();
    }
  }

  @Test
  void closedAndIdleOnesBeyondAThousandAreForgotten() {
    meet("h", MANY, 200);

    assertThat(harness.breakers.states()).hasSizeLessThanOrEqualTo(KEPT);
    assertThat(harness.breakers.registry().getAllCircuitBreakers()).hasSizeLessThanOrEqualTo(KEPT);
  }

  @Test
  void openOneIsNotForgotten() {
    harness.open();
    meet("h", MANY, 200);

    assertThat(harness.state()).isEqualTo(CircuitState.OPEN);
    assertThat(harness.send()).isCompletedExceptionally();
  }

  @Test
  void oneInUseIsNotForgotten() {
    var running = harness.send();
    meet("h", MANY, 200);
    harness.next.sent(0).future().complete(TestCalls.reply(503));
    harness.next.always(replies(503));
    var second = harness.send();

    assertThat(running).isCompletedExceptionally();
    assertThat(second).isCompletedExceptionally();
    assertThat(harness.state()).isEqualTo(CircuitState.OPEN);
  }

  /** Else a client that has met a thousand hosts would never open another one's. */
  @Test
  void hostThatIsCalledNowAndThenIsRememberedAmongTheThousands() {
    meet("h", KEPT, 200);
    harness.next.always(replies(503));
    var first = harness.send();
    meet("i", 100, 200);
    harness.next.always(replies(503));
    var second = harness.send();

    assertThat(first).isCompletedExceptionally();
    assertThat(second).isCompletedExceptionally();
    assertThat(harness.state()).isEqualTo(CircuitState.OPEN);
  }

  @Test
  void oneForcedOpenByHandIsNotForgotten() {
    harness.answer(200);
    harness.resilience4j().transitionToForcedOpenState();
    meet("h", MANY, 200);

    assertThat(harness.send()).isCompletedExceptionally();
  }

  @Test
  void hostsThatAreAllDeadAreBoundedOnceTheyMightBeTriedAgain() {
    meet("dead", 2 * HostBreakers.MOST, 503);
    assertThat(harness.breakers.states()).hasSize(2 * HostBreakers.MOST);

    harness.timer.advance(BreakersHarness.OPEN);
    meet("more", 2 * HostBreakers.MOST + 1, 200);

    assertThat(harness.breakers.states()).hasSizeLessThanOrEqualTo(HostBreakers.MOST);
  }
}
