package dev.fetchwell.internal.pipeline.breaker;

import static dev.fetchwell.internal.pipeline.breaker.BreakersHarness.HOST;
import static dev.fetchwell.testkit.Sneaky.sneaky;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.TestCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** resilience4j's consumers are foreign code. */
class ConsumersTest {

  private final BreakersHarness harness = new BreakersHarness();

  @Test
  void consumerThatThrowsAnErrorLosesNoAttemptAndNoPlace() {
    List<String> heard = new ArrayList<>();
    harness
        .resilience4j()
        .getEventPublisher()
        .onEvent(
            event -> {
              heard.add(event.getEventType().name());
              throw sneaky(new AssertionError("thrown by a test"));
            });
    harness.openAndWait();
    var trial = harness.send();
    trial.cancel(false);
    harness.answer(200);
    harness.answer(200);

    assertThat(harness.state()).isEqualTo(CircuitState.CLOSED);
    assertThat(heard).contains("ERROR", "STATE_TRANSITION", "SUCCESS");
  }

  @Test
  void registryWhoseConsumerThrowsHasNoBreakerButTheHostHas() {
    harness
        .breakers
        .registry()
        .getEventPublisher()
        .onEntryAdded(
            event -> {
              throw new AssertionError("thrown by a test");
            });
    harness.open();

    assertThat(harness.breakers.registry().getAllCircuitBreakers()).isEmpty();
    assertThat(harness.send()).isCompletedExceptionally();
  }

  /** A consumer may block, and a timer's thread is there for all calls. */
  @Test
  void consumersDoNotRunOnTheTimersThread() {
    ManualExecutor elsewhere = new ManualExecutor();
    Platform platform =
        new Platform(
            Runnable::run,
            elsewhere,
            harness.timer,
            harness.platform.clock(),
            harness.platform.random());
    Breakers breakers = new Breakers(BreakersHarness.policy().build(), platform);
    CallContext context =
        TestCalls.context(
            harness.context(HOST, TestCalls.options()).request(),
            TestCalls.options().timeout(Duration.ofSeconds(1)),
            ReplyReaders.BYTES,
            platform);
    context.beginAttempt(false, false);
    var call = breakers.layer().around(harness.next).send(context.request(), context);
    context.attempt().markOnWire(harness.timer.nanoTime());
    harness.timer.advance(Duration.ofSeconds(1));
    call.cancel(false);
    var metrics = breakers.registry().circuitBreaker(HOST).getMetrics();
    assertThat(metrics.getNumberOfFailedCalls()).isZero();

    elsewhere.runAll();

    assertThat(metrics.getNumberOfFailedCalls()).isEqualTo(1);
  }
}
