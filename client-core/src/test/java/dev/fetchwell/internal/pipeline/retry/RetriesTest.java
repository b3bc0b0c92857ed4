package dev.fetchwell.internal.pipeline.retry;

import static dev.fetchwell.testkit.Answers.fails;
import static dev.fetchwell.testkit.Answers.replies;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.Sneaky.sneaky;
import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.deaf;
import static dev.fetchwell.testkit.TestCalls.open;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static dev.fetchwell.testkit.TestCalls.request;
import static dev.fetchwell.testkit.TestCalls.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.json.JacksonCodec;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testkit.Outermost;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.TestBody;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.retry.RetryRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RetriesTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final VirtualTimer timer = new VirtualTimer();
  private final ScriptedStage next = new ScriptedStage();
  private final RetryRegistry registry = RetryRegistry.ofDefaults();
  private final Stage retries = Retries.layer(registry, VirtualPlatform.of(timer)).around(next);
  private final Stage stage = Outermost.around(retries);
  private final FetchRequest request = request("GET");
  private final EventRecorder recorder = new EventRecorder();

  @Test
  void replyIsPassedOnWithoutARetry() {
    next.then(replies(200));
    CallContext context = call(options());

    assertThat(stage.send(request, context).join().status()).isEqualTo(200);
    assertThat(context.attempts()).isEqualTo(1);
    assertThat(timer.pending()).isZero();
    assertThat(recorder.events()).containsExactly("attemptStarted 1", "attemptEnded 1 200");
  }

  @Test
  void failureIsTriedAgainAfterTheBackoff() {
    next.then(fails(503)).then(replies(200));
    CallContext context = call(options());
    CompletableFuture<Reply> call = stage.send(request, context);

    timer.advance(Duration.ofMillis(999));
    assertThat(next.count()).isEqualTo(1);
    timer.advance(Duration.ofMillis(1));

    assertThat(call.join().status()).isEqualTo(200);
    assertThat(context.attempts()).isEqualTo(2);
    assertThat(recorder.events())
        .containsExactly(
            "attemptStarted 1",
            "attemptEnded 1 503 ServerStatusError",
            "retryScheduled 2 ServerStatusError",
            "attemptStarted 2",
            "attemptEnded 2 200");
    assertThat(recorder.delays()).containsExactly(Duration.ofSeconds(1));
  }

  @Test
  void lastErrorCarriesTheEarlierOnesAndTheNumberOfAttempts() {
    next.then(fails(500)).then(fails(502)).then(fails(503));
    CompletableFuture<Reply> call = stage.send(request, call(options()));
    timer.advance(SECOND.multipliedBy(2));

    ServerStatusError last = failure(call, ServerStatusError.class);
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
    var unused = stage.send(request, call(options()));
    timer.advance(SECOND.multipliedBy(2));

    assertThat(List.of(next.sent(0), next.sent(1), next.sent(2)))
        .extracting(sent -> sent.attempt().number())
        .containsExactly(1, 2, 3);
  }

  @Test
  void nothingIsHeldWhileWaitingButOneTimer() {
    next.then(fails(503));
    var unused = stage.send(request, call(options()));

    assertThat(next.last().future()).isCompleted();
    assertThat(timer.pending()).isEqualTo(1);
  }

  @Test
  void cancelWhileWaitingCancelsTheTimerAndSendsNothingMore() {
    next.then(fails(503));
    CompletableFuture<Reply> call = stage.send(request, call(options()));

    call.cancel(false);

    assertThat(timer.pending()).isZero();
    timer.advance(SECOND.multipliedBy(10));
    assertThat(next.count()).isEqualTo(1);
  }

  @Test
  void cancelReachesTheAttemptThatRunsAndIsNotRetried() {
    CompletableFuture<Reply> call = stage.send(request, call(options()));

    call.cancel(false);

    assertThat(next.last().future()).isCancelled();
    assertThat(timer.pending()).isZero();
    assertThat(next.count()).isEqualTo(1);
    assertThat(recorder.events()).containsExactly("attemptStarted 1");
  }

  @Test
  void attemptThatWasCancelledBelowCancelsTheCall() {
    CompletableFuture<Reply> call = stage.send(request, call(options()));

    next.last().future().cancel(false);

    assertThat(call).isCancelled();
    assertThat(timer.pending()).isZero();
  }

  static Stream<Throwable> thrown() {
    return Stream.of(
        new IllegalStateException("in the predicate"),
        new StackOverflowError("in the predicate"),
        new IOException("in the predicate, sneaked through"));
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void predicateThatThrowsEndsTheCallWithAnUnexpectedError(Throwable thrown) {
    RetryPolicy policy =
        steady()
            .retryIf(
                error -> {
                  sneaky(thrown);
                  return true;
                })
            .build();
    next.then(fails(503));

    UnexpectedError error =
        failure(stage.send(request, call(options(policy))), UnexpectedError.class);

    assertThat(error).hasCause(thrown);
    assertThat(error.getSuppressed()).hasSize(1).hasOnlyElementsOfType(ServerStatusError.class);
    assertThat(next.count()).isEqualTo(1);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void retryThatCannotBeScheduledEndsTheCall() {
    next.then(fails(503));
    timer.reject(true);

    CompletableFuture<Reply> call = stage.send(request, call(options()));

    assertThat(failure(call, UnexpectedError.class))
        .hasCauseInstanceOf(RejectedExecutionException.class);
    assertThat(next.count()).isEqualTo(1);
  }

  @Test
  void whatIsNoFetchErrorIsWrappedAndNotRetried() {
    CompletableFuture<Reply> call = stage.send(request, call(options()));
    IllegalStateException thrown = new IllegalStateException();

    next.last().future().completeExceptionally(thrown);

    assertThat(failure(call, UnexpectedError.class)).hasCause(thrown);
    assertThat(next.count()).isEqualTo(1);
  }

  @Test
  void replyWithAnErrorStatusIsTheAnswerWhereItIsNotTriedAgain() {
    CompletableFuture<Reply> call = retries.send(request, call(options()));
    Reply notFound = reply(404);

    next.last().future().complete(notFound);

    assertThat(call.join()).isSameAs(notFound);
    assertThat(recorder.events())
        .containsExactly("attemptStarted 1", "attemptEnded 1 404 ClientStatusError");
  }

  @Test
  void lastReplyIsTheAnswerWhereTheAttemptsAreUsedUp() {
    next.then(fails(500)).then(fails(502)).then(fails(503));
    CompletableFuture<Reply> call = retries.send(request, call(options()));

    timer.advance(SECOND.multipliedBy(2));

    assertThat(call.join().status()).isEqualTo(503);
  }

  @Test
  void errorStatusIsTriedAgainAlsoWhereTheCallerWantsAny() {
    next.then(fails(503)).then(fails(404));
    CallContext context =
        context(
            request,
            options(),
            ReplyReaders.response(new JacksonCodec()),
            VirtualPlatform.of(timer),
            recorder);
    CompletableFuture<Reply> call = stage.send(request, context);

    timer.advance(SECOND);

    assertThat(call.join().status()).isEqualTo(404);
    assertThat(context.attempts()).isEqualTo(2);
  }

  @Test
  void redirectEndsNoAttemptAndTheNextHopGoesOnWithIt() {
    next.then(replies(302, "Location", "/next")).then(replies(200));
    CallContext context = call(options());

    assertThat(stage.send(request, context).join().status()).isEqualTo(302);
    assertThat(recorder.events()).containsExactly("attemptStarted 1");
    assertThat(stage.send(request, context).join().status()).isEqualTo(200);

    assertThat(context.attempts()).isEqualTo(1);
    assertThat(recorder.events()).containsExactly("attemptStarted 1", "attemptEnded 1 200");
  }

  @Test
  void callThatGoesOnAfterABrokenBodyBeginsWithTheNextAttempt() {
    CallContext broken = streamed();
    next.then(replies(200)).then(replies(200));
    assertThat(stage.send(request, broken)).isCompleted();
    CallContext goingOn = goingOnAfterReset(broken);

    CompletableFuture<Reply> call = stage.send(request, goingOn);
    assertThat(next.count()).isEqualTo(1);
    assertThat(timer.nextIn()).contains(SECOND);
    timer.advance(SECOND);

    assertThat(call).isCompleted();
    assertThat(goingOn.attempts()).isEqualTo(2);
    assertThat(broken.attempts()).isEqualTo(1);
  }

  @Test
  void callThatMayNotGoOnAfterABrokenBodyFailsWithItsError() {
    CallContext broken = streamed();
    next.always(replies(200));
    assertThat(stage.send(request, broken)).isCompleted();
    CallContext second = goingOnAfterReset(broken);
    assertThat(stage.send(request, second)).isNotDone();
    timer.advance(SECOND);
    CallContext third = goingOnAfterReset(second);
    assertThat(stage.send(request, third)).isNotDone();
    timer.advance(SECOND);
    ConnectionError reset = reset(third);

    CompletableFuture<Reply> call =
        stage.send(request, third.goingOnAfter(reset, ReplyReaders.BYTES, third.events()));

    assertThat(failure(call, ConnectionError.class)).isSameAs(reset);
    assertThat(reset.getSuppressed()).hasSize(2);
    assertThat(next.count()).isEqualTo(3);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void failureThatComesAfterTheCallWasCancelledIsNotTriedAgain() {
    CompletableFuture<Reply> deaf = deaf();
    List<FetchRequest> sent = new ArrayList<>();
    Stage unhearing =
        Retries.layer(registry, VirtualPlatform.of(timer))
            .around(
                (request, context) -> {
                  sent.add(request);
                  return deaf;
                });
    CompletableFuture<Reply> call = unhearing.send(request, call(options()));
    call.cancel(false);

    deaf.complete(reply(503));

    assertThat(timer.pending()).isZero();
    timer.advance(SECOND);
    assertThat(sent).hasSize(1);
  }

  @Test
  void streamedReplyThatComesAfterTheCallWasCancelledIsDiscarded() {
    TestBody body = new TestBody("late");
    CompletableFuture<Reply> deaf = deaf();
    Stage unhearing =
        Retries.layer(registry, VirtualPlatform.of(timer)).around((request, context) -> deaf);
    unhearing.send(request, call(options())).cancel(false);

    deaf.complete(open(body));

    assertThat(body.cancelled()).isTrue();
  }

  @Test
  void thousandsOfRetriesWithoutDelayDoNotNest() {
    RetryPolicy policy = steady().maxAttempts(20_000).backoff(Backoff.fixed(Duration.ZERO)).build();
    next.always(fails(503));
    CompletableFuture<Reply> call = stage.send(request, call(options(policy)));

    timer.runDue();

    ServerStatusError last = failure(call, ServerStatusError.class);
    assertThat(last.attempts()).isEqualTo(20_000);
    assertThat(last.getSuppressed()).hasSizeLessThanOrEqualTo(20);
  }

  private CallContext call(CallOptions options) {
    return context(request, options, timer, recorder);
  }

  private CallContext streamed() {
    return context(
        request,
        options(),
        ReplyReaders.streamed((reply, of) -> reply),
        VirtualPlatform.of(timer),
        recorder);
  }

  private static CallContext goingOnAfterReset(CallContext broken) {
    return broken.goingOnAfter(reset(broken), broken.reader(), broken.events());
  }

  private static ConnectionError reset(CallContext broken) {
    return new ConnectionError(ConnectionError.Kind.RESET, "", broken.facts(), null);
  }
}
