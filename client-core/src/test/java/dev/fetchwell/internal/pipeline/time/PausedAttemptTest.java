package dev.fetchwell.internal.pipeline.time;

import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.request;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.FetchTimeoutError.Phase;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The attempt's 10 s and the total's 30 s, with an attempt that waits for its turn to connect. */
class PausedAttemptTest {

  private final VirtualTimer timer = new VirtualTimer();
  private final ScriptedStage next = new ScriptedStage();
  private final FetchRequest request = request("GET");
  private final CallContext context = context(request, options(), timer);
  private final Attempt attempt = context.beginAttempt(false, false);
  private final CompletableFuture<Reply> call =
      AttemptTimeout.layer().around(next).send(request, context);

  private void after(int seconds) {
    timer.advance(Duration.ofSeconds(seconds));
    assertThat(call).isNotDone();
  }

  private Phase phaseAfter(Duration time) {
    timer.advance(time.minusNanos(1));
    assertThat(call).isNotDone();
    timer.advance(Duration.ofNanos(1));
    assertThat(timer.pending()).isZero();
    return failure(call, FetchTimeoutError.class).phase();
  }

  @Test
  void waitForATurnIsNoTimeOfTheAttempts() {
    after(4);
    long since = timer.nanoTime();
    attempt.pausedBy(now -> now - since);
    after(12);
    attempt.pausedBy(now -> SECONDS.toNanos(12));
    assertThat(phaseAfter(Duration.ofSeconds(6))).isEqualTo(Phase.ATTEMPT);
  }

  @Test
  void waitThatDoesNotEndIsEndedByTheDeadline() {
    after(1);
    long since = timer.nanoTime();
    attempt.pausedBy(now -> now - since);
    // The deadline's own timer, which comes first, is not in this test.
    assertThat(phaseAfter(Duration.ofSeconds(29).plusMillis(50))).isEqualTo(Phase.TOTAL);
  }
}
