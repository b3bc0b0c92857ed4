package dev.fetchwell.internal.pipeline.hedge;

import static dev.fetchwell.internal.pipeline.hedge.HedgeRig.POLICY;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.deaf;
import static dev.fetchwell.testkit.TestCalls.open;
import static dev.fetchwell.testkit.TestCalls.reply;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.permits.PermitLimits;
import dev.fetchwell.json.JacksonCodec;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.TestBody;
import dev.fetchwell.testkit.TestCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What may come at the same moment, in each order. */
class HedgeRacesTest {

  private final List<CompletableFuture<Reply>> prepared = new ArrayList<>();

  /** A stage in which hedges stay, such as that of a filter that takes its time. */
  private Stage preparing(Stage next) {
    return (request, context) -> {
      if (!context.attempt().isHedge()) {
        return next.send(request, context);
      }
      CompletableFuture<Reply> gate = new CompletableFuture<>();
      prepared.add(gate);
      return gate;
    };
  }

  @Test
  void bothAnswerInTheSameTick() {
    HedgeRig rig = new HedgeRig();
    CallContext context = rig.call();
    CompletableFuture<Reply> call = rig.send(context);
    rig.waitForHedge();
    Reply loser = reply(200);

    rig.answer(1, 200);
    rig.sent(0).complete(loser);

    assertThat(call.join()).isNotSameAs(loser);
    assertThat(rig.hedges.won()).isEqualTo(1);
    assertThat(rig.events.stream().filter(event -> event.startsWith("ended")))
        .containsExactly("ended 1 0", "ended 2 200");
    rig.assertNothingHeld();
  }

  @Test
  void loserThatAnswersAllTheSameIsGivenUp() {
    CompletableFuture<Reply> first = deaf();
    HedgeRig rig =
        new HedgeRig(
            new PermitLimits(8, 8, 8, 8),
            next ->
                (request, context) -> {
                  if (context.attempt().isHedge()) {
                    return next.send(request, context);
                  }
                  var unused = context.attempt().goesOut();
                  return first;
                });
    CompletableFuture<Reply> call =
        rig.send(rig.call(request("GET"), rig.options(), ReplyReaders.streamed((r, c) -> r)));
    rig.waitForHedge();
    TestBody winner = new TestBody("it");
    rig.sent(0).complete(open(winner));
    assertThat(call).isDone();

    TestBody late = new TestBody("late");
    first.complete(open(late));

    assertThat(late.cancelled()).isTrue();
    assertThat(winner.cancelled()).isFalse();
    call.join().cancel();
    rig.assertNothingHeld();
  }

  @Test
  void firstHeadersOfAStreamWinAndItKeepsItsPermitOnly() {
    HedgeRig rig = new HedgeRig();
    CompletableFuture<Reply> call =
        rig.send(rig.call(request("GET"), rig.options(), ReplyReaders.streamed((r, c) -> r)));
    rig.waitForHedge();
    TestBody body = new TestBody("it");
    rig.sent(1).complete(open(body));

    assertThat(call.join().status()).isEqualTo(200);
    assertThat(rig.sent(0)).isCancelled();
    assertThat(rig.permits.inFlight()).isEqualTo(1);
    rig.advanceMillis(1000);
    assertThat(rig.wire.count()).isEqualTo(2);
    body.end();
    rig.assertNothingHeld();
  }

  @Test
  void hedgeThatIsNotOutYetHoldsUpNoFailure() {
    HedgeRig rig = new HedgeRig(new PermitLimits(8, 8, 8, 8), this::preparing);
    CallContext context = rig.call();
    CompletableFuture<Reply> call = rig.send(context);
    rig.waitForHedge();
    assertThat(prepared).hasSize(1);
    assertThat(rig.wire.count()).isEqualTo(1);

    rig.breakOff(0, context);

    assertThat(prepared.get(0)).isCancelled();
    rig.advanceMillis(1000);
    assertThat(rig.attempt(1).number()).isEqualTo(2);
    assertThat(rig.attempt(1).isHedge()).isFalse();
    rig.answer(1, 200);
    assertThat(call.join().status()).isEqualTo(200);
    assertThat(rig.events)
        .containsExactly("started 1", "ended 1 0 ConnectionError", "started 2", "ended 2 200");
    rig.assertNothingHeld();
  }

  @Test
  void hedgeWhosePermitComesAfterTheDecisionIsNotSent() {
    List<Runnable> go = new ArrayList<>();
    HedgeRig rig =
        new HedgeRig(
            new PermitLimits(8, 8, 8, 8),
            next ->
                (request, context) -> {
                  if (!context.attempt().isHedge()) {
                    return next.send(request, context);
                  }
                  CompletableFuture<Reply> unstoppable = deaf();
                  go.add(
                      () -> {
                        var unused = next.send(request, context);
                      });
                  return unstoppable;
                });
    CompletableFuture<Reply> call = rig.send(rig.call());
    rig.waitForHedge();
    rig.answer(0, 200);
    go.get(0).run();

    assertThat(call.join().status()).isEqualTo(200);
    assertThat(rig.wire.count()).isEqualTo(1);
    assertThat(rig.hedges.sent()).isZero();
    rig.assertNothingHeld();
  }

  @Test
  void noHedgeGoesOutWhileTheAnswerIsBeingRead() {
    HedgeRig rig = new HedgeRig();
    List<Integer> sentWhileReading = new ArrayList<>();
    CallContext context =
        rig.call(
            request("GET"),
            rig.options(),
            ReplyReaders.made(
                new JacksonCodec(),
                String.class,
                response -> {
                  rig.waitForHedge();
                  sentWhileReading.add(rig.wire.count());
                  return "attempts " + response.attempts();
                }));
    CompletableFuture<Reply> call = rig.send(context);
    rig.sent(0).complete(reply(200).read(context));

    assertThat(call.join().value()).isEqualTo("attempts 1");
    assertThat(sentWhileReading).containsExactly(1);
    assertThat(context.attempts()).isEqualTo(1);
    rig.assertNothingHeld();
  }

  @Test
  void hedgeThatFailsBeforeItIsSentIsShownOnTheErrorOfTheCall() {
    HedgeRig rig =
        new HedgeRig(
            new PermitLimits(8, 8, 8, 8),
            next ->
                (request, context) ->
                    context.attempt().isHedge()
                        ? CompletableFuture.failedFuture(new IllegalStateException("a filter"))
                        : next.send(request, context));
    CallContext context =
        rig.call(request("GET"), TestCalls.options(RetryPolicy.none()).hedge(POLICY));
    CompletableFuture<Reply> call = rig.send(context);
    rig.waitForHedge();
    assertThat(call).isNotDone();
    rig.breakOff(0, context);

    ConnectionError error = failure(call, ConnectionError.class);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error.getSuppressed()).singleElement().isInstanceOf(UnexpectedError.class);
    rig.assertNothingHeld();
  }

  @Test
  void stageThatThrowsForTheHedgeLeavesTheFirstAlone() {
    HedgeRig rig =
        new HedgeRig(
            new PermitLimits(8, 8, 8, 8),
            next ->
                (request, context) -> {
                  if (context.attempt().isHedge()) {
                    throw new NoClassDefFoundError("expected");
                  }
                  return next.send(request, context);
                });
    CompletableFuture<Reply> call = rig.send(rig.call());
    rig.waitForHedge();
    rig.answer(0, 200);

    assertThat(call.join().status()).isEqualTo(200);
    rig.assertNothingHeld();
  }

  @Test
  void timerThatTakesNoTaskCostsTheHedgeOnly() {
    CompletableFuture<Reply> only = new CompletableFuture<>();
    List<HedgeRig> self = new ArrayList<>();
    HedgeRig rig =
        new HedgeRig(
            new PermitLimits(8, 8, 8, 8),
            next ->
                (request, context) -> {
                  self.get(0).timer.reject(true);
                  assertThat(context.attempt().goesOut()).isTrue();
                  self.get(0).timer.reject(false);
                  return only;
                });
    self.add(rig);
    CompletableFuture<Reply> call = rig.send(rig.call());
    rig.waitForHedge();
    only.complete(reply(200));

    assertThat(call.join().status()).isEqualTo(200);
    assertThat(rig.hedges.sent()).isZero();
    rig.assertNothingHeld();
  }

  @Test
  void predicateThatThrowsEndsTheCallWithWhatItThrew() {
    HedgeRig rig = new HedgeRig();
    RetryPolicy throwing =
        RetryPolicy.builder()
            .retryIf(
                error -> {
                  throw new IllegalStateException("expected");
                })
            .build();
    CompletableFuture<Reply> call =
        rig.send(rig.call(request("GET"), TestCalls.options(throwing).hedge(POLICY)));
    rig.waitForHedge();
    rig.answer(0, 503);

    assertThat(failure(call, UnexpectedError.class)).hasRootCauseMessage("expected");
    assertThat(rig.sent(1)).isCancelled();
    rig.assertNothingHeld();
  }

  @Test
  void redirectThatTheHedgeWonGoesOnAsTheHedgesAttempt() {
    HedgeRig rig = new HedgeRig();
    CallContext context = rig.call();
    CompletableFuture<Reply> hop = rig.send(context);
    rig.waitForHedge();
    rig.attempt(1).markSent();
    rig.sent(1).complete(reply(302, "Location", "https://api.example.com/there"));
    assertThat(hop.join().status()).isEqualTo(302);

    CompletableFuture<Reply> next = rig.send(context);
    assertThat(rig.attempt(2).number()).isEqualTo(2);
    rig.waitForHedge();
    assertThat(rig.attempt(3).number()).isEqualTo(3);
    rig.answer(2, 200);

    assertThat(next.join().status()).isEqualTo(200);
    assertThat(context.attempts()).isEqualTo(3);
    assertThat(rig.events)
        .containsExactly(
            "started 1",
            "hedged 2 after 100",
            "started 2",
            "ended 1 0",
            "hedged 3 after 100",
            "started 3",
            "ended 3 0",
            "ended 2 200");
    rig.assertNothingHeld();
  }
}
