package dev.fetchwell.internal.pipeline.permits;

import static dev.fetchwell.testkit.Answers.fails;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.deaf;
import static dev.fetchwell.testkit.TestCalls.open;
import static dev.fetchwell.testkit.TestCalls.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.testkit.TestBody;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Permits, from the way in to the way out. */
class PermitsTest {

  private final PermitsHarness harness = new PermitsHarness();
  private final Permits permits = harness.permits;

  @Test
  void callsBeyondTheHostsPermitsWaitInLine() {
    harness.start("a");
    harness.start("a");
    CompletableFuture<Reply> third = harness.send("a");

    assertThat(harness.next.count()).isEqualTo(2);
    assertThat(permits.inFlight()).isEqualTo(2);
    assertThat(permits.queued()).isEqualTo(1);
    assertThat(harness.recorder.events()).containsExactly("queued");

    harness.next.sent(0).future().complete(reply(200));
    harness.executor.runAll();
    assertThat(harness.next.count()).isEqualTo(3);
    assertThat(third).isNotDone();
    assertThat(permits.queued()).isZero();
  }

  @Test
  void callsOfAllHostsShareTheClientsPermits() {
    harness.start("a");
    harness.start("a");
    harness.start("b");
    harness.start("b");

    assertThat(harness.next.count()).isEqualTo(3);
    assertThat(permits.queued()).isEqualTo(1);
  }

  @Test
  void slowHostDoesNotBlockAnotherWithItsWaiters() {
    harness.start("slow", 4);

    harness.start("fast");

    assertThat(harness.next.last().request().host()).isEqualTo("fast");
    assertThat(permits.inFlight()).isEqualTo(3);
  }

  @Test
  void portsAreHostsOfTheirOwn() {
    harness.start("a:8080");
    harness.start("a:8080");
    harness.start("a:9090");

    assertThat(harness.next.count()).isEqualTo(3);
  }

  @Test
  void permitIsReturnedWithTheReply() {
    CompletableFuture<Reply> call = harness.send("a");
    harness.next.last().future().complete(reply(200));

    assertThat(call).isCompleted();
    harness.assertAllPermitsAreBack();
  }

  @Test
  void attemptHasNotStartedBeforeItsPermitsAreHere() {
    harness.start("a", 2);
    CallContext context = harness.context("a");
    CompletableFuture<Reply> call = harness.send(context);
    assertThat(context.facts().attempts()).isZero();

    harness.completeAll();

    assertThat(context.facts().attempts()).isEqualTo(1);
    assertThat(call).isCompleted();
  }

  @Test
  void permitIsReturnedBeforeTheReplyIsPassedOn() {
    List<Integer> inFlight = new ArrayList<>();
    var unused = harness.send("a").thenRun(() -> inFlight.add(permits.inFlight()));

    harness.next.last().future().complete(reply(200));

    assertThat(inFlight).containsExactly(0);
  }

  @Test
  void permitIsReturnedWithAnError() {
    CompletableFuture<Reply> call = harness.send("a");
    ClientClosedError error = new ClientClosedError(harness.context("a").facts());

    harness.next.last().future().completeExceptionally(error);

    assertThat(failure(call, ClientClosedError.class)).isSameAs(error);
    harness.assertAllPermitsAreBack();
  }

  @Test
  void permitIsReturnedWhenTheNextStageFailsWithSomethingElse() {
    CompletableFuture<Reply> call = harness.send("a");

    harness.next.last().future().completeExceptionally(new IllegalStateException());

    assertThat(failure(call, UnexpectedError.class))
        .hasCauseInstanceOf(IllegalStateException.class);
    harness.assertAllPermitsAreBack();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void permitIsReturnedWhenTheNextStageThrows(boolean afterWaiting) {
    Error thrown = new NoClassDefFoundError("in the next stage");
    Stage throwing =
        harness.around(
            (request, context) -> {
              throw thrown;
            });
    harness.start("a", afterWaiting ? 2 : 0);
    CallContext context = harness.context("a");
    CompletableFuture<Reply> call = throwing.send(context.request(), context);

    harness.completeAll();

    assertThat(failure(call, UnexpectedError.class)).hasCause(thrown);
    harness.assertAllPermitsAreBack();
  }

  @Test
  void permitIsReturnedWhenARunningCallIsCancelled() {
    CompletableFuture<Reply> call = harness.send("a");

    call.cancel(false);

    assertThat(harness.next.last().future()).isCancelled();
    harness.assertAllPermitsAreBack();
  }

  @Test
  void permitIsReturnedWhenACallIsCancelledDuringItsHandOver() {
    harness.start("a");
    harness.start("a");
    CompletableFuture<Reply> queued = harness.send("a");
    harness.next.sent(0).future().complete(reply(200));

    queued.cancel(false);
    harness.executor.runAll();

    assertThat(harness.next.count()).isEqualTo(2);
    harness.completeAll();
    harness.assertAllPermitsAreBack();
  }

  @Test
  void permitGrantedAtTheMomentOfACancelGoesOnToTheNextInLine() {
    harness.start("a");
    harness.start("a");
    CompletableFuture<Reply> cancelled = harness.send("a");
    CompletableFuture<Reply> following = harness.send("a");
    harness.next.sent(0).future().complete(reply(200));
    assertThat(harness.executor.pending()).isEqualTo(1);

    cancelled.cancel(false);
    harness.executor.runAll();

    assertThat(cancelled).isCancelled();
    assertThat(harness.next.count()).isEqualTo(3);
    assertThat(permits.queued()).isZero();
    harness.completeAll();
    assertThat(following).isCompleted();
    harness.assertAllPermitsAreBack();
  }

  @Test
  void clientsPermitGrantedAtTheMomentOfACancelGoesOnToTheNextInLine() {
    harness.start("a", 2);
    harness.start("b");
    CompletableFuture<Reply> cancelled = harness.send("b");
    CompletableFuture<Reply> following = harness.send("c");
    harness.next.sent(0).future().complete(reply(200));

    cancelled.cancel(false);
    harness.executor.runAll();

    assertThat(harness.next.last().request().host()).isEqualTo("c");
    harness.completeAll();
    assertThat(following).isCompleted();
    harness.assertAllPermitsAreBack();
  }

  @Test
  void streamedReplyHoldsItsPermitsUntilItsBodyEnds() {
    TestBody body = new TestBody();
    CompletableFuture<Reply> call = harness.send("a");
    harness.next.last().future().complete(open(body));
    assertThat(call).isCompleted();
    assertThat(permits.inFlight()).isEqualTo(1);

    harness.start("a");
    CompletableFuture<Reply> queued = harness.send("a");
    assertThat(permits.queued()).isEqualTo(1);
    body.end();
    harness.executor.runAll();

    assertThat(permits.queued()).isZero();
    harness.completeAll();
    assertThat(queued).isCompleted();
    harness.assertAllPermitsAreBack();
  }

  @Test
  void streamedReplyThatComesTooLateIsDiscarded() {
    TestBody body = new TestBody();
    CompletableFuture<Reply> deaf = deaf();
    CallContext context = harness.context("a");
    CompletableFuture<Reply> call =
        permits.layer().around((r, c) -> deaf).send(context.request(), context);
    call.cancel(false);
    assertThat(permits.inFlight()).isZero();

    deaf.complete(open(body));

    assertThat(body.cancelled()).isTrue();
    harness.assertAllPermitsAreBack();
  }

  @Test
  void callThatGotItsPermitAfterTheClientWasClosedIsNotSent() {
    harness.start("a", 2);
    CompletableFuture<Reply> queued = harness.send("a");
    permits.close();
    CompletableFuture<Reply> late = harness.send("b");

    harness.completeAll();

    assertThat(failure(queued, ClientClosedError.class).mayHaveBeenProcessed()).isFalse();
    assertThat(failure(late, ClientClosedError.class).attempts()).isZero();
    assertThat(harness.next.count()).isEqualTo(2);
    harness.assertNothingIsHeld();
  }

  @Test
  void callThatWasProcessedAlreadyIsCancelledOnceTheClientIsClosed() {
    CallContext context = harness.context("a");
    context.attempt().markSent();
    context.addProcessedHop();
    permits.close();

    assertThat(harness.send(context)).isCancelled();
    harness.assertNothingIsHeld();
  }

  @Test
  void cancelOfTheNextStageCancelsTheCall() {
    CompletableFuture<Reply> call = harness.send("a");

    harness.next.last().future().completeExceptionally(new CancellationException());

    assertThat(call).isCancelled();
    harness.assertAllPermitsAreBack();
  }

  @Test
  void twentyThousandWaitersThatFailSynchronouslyDoNotNest() {
    PermitsHarness crowded = new PermitsHarness(new PermitLimits(1, 1, 20_000, 20_000));
    CompletableFuture<Reply> first = crowded.send("a");
    crowded.next.always(fails(500));
    List<CompletableFuture<Reply>> waiting = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      waiting.add(crowded.send("a"));
    }

    first.cancel(false);
    crowded.executor.runAll();

    assertThat(waiting).allMatch(CompletableFuture::isCompletedExceptionally);
    crowded.assertNothingIsHeld();
  }
}
