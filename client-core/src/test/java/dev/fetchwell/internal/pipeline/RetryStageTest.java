package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.internal.pipeline.TestCalls.context;
import static dev.fetchwell.internal.pipeline.TestCalls.error;
import static dev.fetchwell.internal.pipeline.TestCalls.fails;
import static dev.fetchwell.internal.pipeline.TestCalls.replies;
import static dev.fetchwell.internal.pipeline.TestCalls.request;
import static dev.fetchwell.internal.pipeline.TestCalls.settings;
import static dev.fetchwell.internal.pipeline.TestCalls.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RetryStageTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final VirtualTimer timer = new VirtualTimer();
  private final ScriptedStage next = new ScriptedStage();
  private final RetryRegistry registry = RetryRegistry.ofDefaults();
  private final RetryStage stage = new RetryStage(next, registry, timer, new Random(1));
  private final FetchRequest request = request("GET");
  private final EventRecorder recorder = new EventRecorder();

  @Test
  void replyIsPassedOnWithoutARetry() {
    next.then(replies(200));
    CallContext context = call(settings());

    assertThat(stage.send(request, context).join().status()).isEqualTo(200);
    assertThat(context.attempts()).isEqualTo(1);
    assertThat(timer.pending()).isZero();
    assertThat(recorder.events()).containsExactly("attempt 1", "attempt 1 ended: 200 -");
  }

  @Test
  void failureIsTriedAgainAfterTheBackoff() {
    next.then(fails(503)).then(replies(200));
    CallContext context = call(settings());
    CompletableFuture<Reply> call = stage.send(request, context);

    timer.advance(Duration.ofMillis(999));
    assertThat(next.count()).isEqualTo(1);
    timer.advance(Duration.ofMillis(1));

    assertThat(call.join().status()).isEqualTo(200);
    assertThat(context.attempts()).isEqualTo(2);
    assertThat(recorder.events())
        .containsExactly(
            "attempt 1",
            "attempt 1 ended: 503 ServerStatusError",
            "retry 2 in PT1S",
            "attempt 2",
            "attempt 2 ended: 200 -");
  }

  @Test
  void lastErrorCarriesTheEarlierOnesAndTheNumberOfAttempts() {
    next.then(fails(500)).then(fails(502)).then(fails(503));
    CompletableFuture<Reply> call = stage.send(request, call(settings()));
    timer.advance(SECOND.multipliedBy(2));

    ServerStatusError last = error(call, ServerStatusError.class);
    assertThat(last.status()).isEqualTo(503);
    assertThat(last.attempts()).isEqualTo(3);
    assertThat(last.elapsed()).isEqualTo(Duration.ofSeconds(2));
    assertThat(last.getSuppressed())
        .extracting(earlier -> ((ServerStatusError) earlier).status())
        .containsExactly(500, 502);
    assertThat(next.count()).isEqualTo(3);
  }

  @Test
  void eachAttemptIsNumbered() {
    next.always(fails(503));
    var unused = stage.send(request, call(settings()));
    timer.advance(SECOND.multipliedBy(2));

    assertThat(List.of(next.sent(0), next.sent(1), next.sent(2)))
        .extracting(sent -> sent.attempt().number())
        .containsExactly(1, 2, 3);
  }

  @Test
  void nothingIsHeldWhileWaitingButOneTimer() {
    next.then(fails(503));
    var unused = stage.send(request, call(settings()));

    assertThat(next.last().future()).isCompletedExceptionally();
    assertThat(timer.pending()).isEqualTo(1);
  }

  @Test
  void cancelWhileWaitingCancelsTheTimerAndSendsNothingMore() {
    next.then(fails(503));
    CompletableFuture<Reply> call = stage.send(request, call(settings()));

    call.cancel(false);

    assertThat(timer.pending()).isZero();
    timer.advance(SECOND.multipliedBy(10));
    assertThat(next.count()).isEqualTo(1);
  }

  @Test
  void cancelReachesTheAttemptThatRunsAndIsNotRetried() {
    CompletableFuture<Reply> call = stage.send(request, call(settings()));

    call.cancel(false);

    assertThat(next.last().future()).isCancelled();
    assertThat(timer.pending()).isZero();
    assertThat(next.count()).isEqualTo(1);
    assertThat(recorder.events()).containsExactly("attempt 1", "attempt 1 ended: 0 -");
  }

  @Test
  void attemptThatWasCancelledBelowCancelsTheCall() {
    CompletableFuture<Reply> call = stage.send(request, call(settings()));

    next.last().future().cancel(false);

    assertThat(call).isCancelled();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void predicateThatThrowsEndsTheCallWithAnUnexpectedError() {
    IllegalStateException thrown = new IllegalStateException("in the predicate");
    RetryPolicy policy =
        steady()
            .retryIf(
                error -> {
                  throw thrown;
                })
            .build();
    next.then(fails(503));

    UnexpectedError error =
        error(stage.send(request, call(settings(policy))), UnexpectedError.class);

    assertThat(error).hasCause(thrown);
    assertThat(error.getSuppressed()).hasOnlyElementsOfType(ServerStatusError.class);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void whatIsNoFetchErrorIsWrappedAndNotRetried() {
    CompletableFuture<Reply> call = stage.send(request, call(settings()));
    IllegalStateException thrown = new IllegalStateException();

    next.last().future().completeExceptionally(thrown);

    assertThat(error(call, UnexpectedError.class)).hasCause(thrown);
    assertThat(next.count()).isEqualTo(1);
  }

  @Test
  void thousandsOfRetriesWithoutDelayDoNotNest() {
    RetryPolicy policy = steady().maxAttempts(20_000).backoff(Backoff.fixed(Duration.ZERO)).build();
    next.always(fails(503));
    CompletableFuture<Reply> call = stage.send(request, call(settings(policy)));

    timer.runDue();

    ServerStatusError last = error(call, ServerStatusError.class);
    assertThat(last.attempts()).isEqualTo(20_000);
    assertThat(last.getSuppressed()).hasSizeLessThanOrEqualTo(20);
  }

  private CallContext call(CallSettings settings) {
    return context(request, settings, timer, recorder);
  }
}
