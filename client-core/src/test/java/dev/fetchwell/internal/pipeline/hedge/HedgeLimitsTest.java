package dev.fetchwell.internal.pipeline.hedge;

import static dev.fetchwell.internal.pipeline.hedge.HedgeRig.POLICY;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.permits.PermitLimits;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.TestCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a hedge may take: a permit that is free, a share of the calls, and its time. */
class HedgeLimitsTest {

  private static final PermitLimits ONE = new PermitLimits(1, 1, 8, 8);

  @Test
  void hedgeIsDroppedWithoutAWordIfNoPermitIsFree() {
    HedgeRig rig = new HedgeRig(ONE);
    CallContext context = rig.call();
    CompletableFuture<Reply> call = rig.send(context);
    rig.waitForHedge();
    assertThat(rig.wire.count()).isEqualTo(1);
    assertThat(rig.permits.queued()).isZero();

    rig.advanceMillis(1000);
    rig.answer(0, 503);
    rig.advanceMillis(1000);
    assertThat(rig.wire.count()).as("the retry").isEqualTo(2);
    assertThat(rig.attempt(1).number()).isEqualTo(2);
    rig.answer(1, 200);

    assertThat(call.join().status()).isEqualTo(200);
    assertThat(context.attempts()).isEqualTo(2);
    assertThat(rig.hedges.sent()).isZero();
    assertThat(rig.events)
        .containsExactly("started 1", "ended 1 503 ServerStatusError", "started 2", "ended 2 200");
    rig.assertNothingHeld();
  }

  @Test
  void errorOfTheCallDoesNotSpeakOfTheHedgeThatGotNoPermit() {
    HedgeRig rig = new HedgeRig(ONE);
    CallContext context =
        rig.call(request("GET"), TestCalls.options(RetryPolicy.none()).hedge(POLICY));
    CompletableFuture<Reply> call = rig.send(context);
    rig.waitForHedge();
    rig.breakOff(0, context);

    ConnectionError error = failure(call, ConnectionError.class);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error.getSuppressed()).isEmpty();
  }

  @Test
  void timeRunsFromThePermitAndNotWhileTheFirstQueues() {
    HedgeRig rig = new HedgeRig(new PermitLimits(2, 2, 8, 8));
    CallContext unhedged = rig.call(request("GET"), TestCalls.options());
    CompletableFuture<Reply> inTheWay = rig.send(unhedged);
    CompletableFuture<Reply> too = rig.send(rig.call(request("GET"), TestCalls.options()));
    CompletableFuture<Reply> call = rig.send(rig.call());
    rig.advanceMillis(1000);
    assertThat(rig.wire.count()).isEqualTo(2);

    inTheWay.cancel(false);
    too.cancel(false);
    assertThat(rig.wire.count()).isEqualTo(3);
    rig.advanceMillis(99);
    assertThat(rig.wire.count()).isEqualTo(3);
    rig.advanceMillis(1);
    assertThat(rig.wire.count()).isEqualTo(4);
    call.cancel(false);
    rig.assertNothingHeld();
  }

  @Test
  void hedgeNeverOvertakesACallThatWaitsForAPermit() {
    HedgeRig rig = new HedgeRig(new PermitLimits(2, 2, 8, 8));
    var first = rig.send(rig.call());
    var second = rig.send(rig.call(request("GET"), TestCalls.options()));
    var waiting = rig.send(rig.call(request("GET"), TestCalls.options()));
    rig.waitForHedge();

    assertThat(rig.permits.queued()).isEqualTo(1);
    assertThat(rig.wire.count()).isEqualTo(2);
    List.of(first, second, waiting).forEach(call -> call.cancel(false));
    rig.assertNothingHeld();
  }

  @Test
  void budgetBoundsTheHedgesAndABurstAtTheStartIsNotFree() {
    HedgeRig rig = new HedgeRig(new PermitLimits(1000, 1000, 8, 8));
    HedgePolicy policy = POLICY.budget(0.1);
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      calls.add(rig.send(rig.call(request("GET"), TestCalls.options().hedge(policy))));
    }
    rig.waitForHedge();

    assertThat(rig.hedges.sent()).isEqualTo(10);
    calls.forEach(call -> call.cancel(false));
    rig.assertNothingHeld();
  }

  @Test
  void tokenOfAHedgeThatGotNoPermitIsNotSpent() {
    HedgeRig rig = new HedgeRig(ONE);
    HedgePolicy policy = POLICY.budget(0.01);
    for (int i = 0; i < 3; i++) {
      var call = rig.send(rig.call(request("GET"), TestCalls.options().hedge(policy)));
      rig.waitForHedge();
      call.cancel(false);
    }
    assertThat(rig.hedges.sent()).isZero();
    assertThat(rig.hedges.budget().take(0.01)).isTrue();
    assertThat(rig.hedges.budget().take(0.01)).isFalse();
  }

  @Test
  void learnedPercentileDecidesOnceEnoughAnswersAreKnown() {
    HedgeRig rig = new HedgeRig();
    HedgePolicy policy = HedgePolicy.atPercentile(0.95).budget(1);
    for (int i = 0; i < 100; i++) {
      var call = rig.send(rig.call(request("GET"), TestCalls.options().hedge(policy)));
      rig.advanceMillis(50);
      rig.answer(i, 200);
      assertThat(call).isDone();
    }
    assertThat(rig.hedges.sent()).isZero();

    var slow = rig.send(rig.call(request("GET"), TestCalls.options().hedge(policy)));
    rig.advanceMillis(48);
    assertThat(rig.hedges.sent()).isZero();
    rig.advanceMillis(10);
    assertThat(rig.hedges.sent()).isEqualTo(1);
    slow.cancel(false);

    var other = rig.send(rig.call(request("GET"), TestCalls.options().hedge(policy).tag("other")));
    rig.timer.advance(Duration.ofSeconds(5));
    assertThat(rig.hedges.sent()).as("nothing is known of that tag").isEqualTo(1);
    other.cancel(false);
    rig.assertNothingHeld();
  }
}
