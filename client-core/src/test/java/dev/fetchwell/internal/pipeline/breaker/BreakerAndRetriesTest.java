package dev.fetchwell.internal.pipeline.breaker;

import static dev.fetchwell.testkit.Answers.fails;
import static dev.fetchwell.testkit.Answers.losesReusedConnection;
import static dev.fetchwell.testkit.Answers.replies;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.steady;
import static dev.fetchwell.testkit.TestCalls.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.CircuitOpenError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.retry.Retries;
import dev.fetchwell.internal.pipeline.time.AttemptTimeout;
import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Outermost;
import dev.fetchwell.testkit.TestCalls;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The breaker below the retries. */
class BreakerAndRetriesTest {

  private final BreakersHarness harness = new BreakersHarness();

  private CompletableFuture<Reply> call(RetryPolicy retry) {
    CallContext context =
        TestCalls.context(to("http://a/", "GET"), options(retry), harness.timer, harness.recorder);
    List<Layer> layers =
        List.of(
            Retries.layer(RetryRegistry.ofDefaults(), harness.platform),
            harness.breakers.layer(),
            AttemptTimeout.layer());
    CompletableFuture<Reply> call =
        Outermost.around(Layer.onto(harness.next, layers)).send(context.request(), context);
    harness.timer.advance(Duration.ofSeconds(5));
    return call;
  }

  @Test
  void attemptsCountAndNotCalls() {
    harness.next.always(fails(503));
    CompletableFuture<Reply> call = call(steady().build());

    CircuitOpenError error = failure(call, CircuitOpenError.class);
    assertThat(harness.next.count()).isEqualTo(2);
    assertThat(error.attempts()).isEqualTo(2);
    assertThat(error.getSuppressed()).hasSize(2).hasOnlyElementsOfType(ServerStatusError.class);
  }

  @Test
  void refusalIsNotRetried() {
    harness.open();
    CompletableFuture<Reply> call = call(steady().build());

    assertThat(failure(call, CircuitOpenError.class).attempts()).isZero();
    assertThat(harness.recorder.events()).noneMatch(each -> each.startsWith("retryScheduled"));
  }

  @Test
  void trialIsNotRetried() {
    harness.openAndWait();
    harness.next.always(fails(503));
    CompletableFuture<Reply> call = call(steady().build());

    assertThat(failure(call, ServerStatusError.class).attempts()).isEqualTo(1);
    assertThat(harness.state()).isEqualTo(CircuitState.HALF_OPEN);
  }

  /** It is no attempt: the host never saw it. */
  @Test
  void trialThatLostAStaleConnectionGoesAgain() {
    harness.openAndWait();
    harness.next.then(losesReusedConnection()).then(replies(200));

    assertThat(call(steady().build())).isCompletedWithValueMatching(reply -> !reply.isError());
    assertThat(harness.metrics().getNumberOfSuccessfulCalls()).isEqualTo(1);
  }

  @Test
  void callThatOnceWasATrialIsNoneLater() {
    harness.openAndWait();
    harness.next.then(losesReusedConnection()).always(fails(503));
    CompletableFuture<Reply> first = call(steady().build());
    assertThat(first).isCompletedExceptionally();
    harness.resilience4j().reset();

    CompletableFuture<Reply> call = call(steady().maxAttempts(2).build());

    assertThat(failure(call, ServerStatusError.class).attempts()).isEqualTo(2);
  }
}
