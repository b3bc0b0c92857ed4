package dev.fetchwell.internal.pipeline.hedge;

import static dev.fetchwell.internal.pipeline.hedge.HedgeRig.AFTER;
import static dev.fetchwell.internal.pipeline.hedge.HedgeRig.POLICY;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.http.HttpMethod;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.ReplyReader;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.TestCalls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class HedgesTest {

  private final HedgeRig rig = new HedgeRig();

  @Test
  void quickAttemptStaysAlone() {
    CompletableFuture<Reply> call = rig.send(rig.call());
    rig.advanceMillis(99);
    rig.answer(0, 200);

    assertThat(call.join().status()).isEqualTo(200);
    rig.advanceMillis(1000);
    assertThat(rig.wire.count()).isEqualTo(1);
    assertThat(rig.hedges.sent()).isZero();
    rig.assertNothingHeld();
  }

  @Test
  void hedgeThatAnswersFirstWinsAndTheFirstIsCancelled() {
    CallContext context = rig.call();
    CompletableFuture<Reply> call = rig.send(context);
    rig.waitForHedge();
    assertThat(rig.wire.count()).isEqualTo(2);
    assertThat(rig.permits.inFlight()).isEqualTo(2);

    rig.advanceMillis(10);
    rig.answer(1, 200);

    assertThat(call.join().status()).isEqualTo(200);
    assertThat(rig.sent(0)).isCancelled();
    assertThat(context.attempts()).isEqualTo(2);
    assertThat(context.attempt().number()).isEqualTo(2);
    assertThat(rig.hedges.sent()).isEqualTo(1);
    assertThat(rig.hedges.won()).isEqualTo(1);
    assertThat(rig.events)
        .containsExactly(
            "started 1", "hedged 2 after 100", "started 2", "ended 1 0", "ended 2 200");
    rig.assertNothingHeld();
  }

  @Test
  void firstThatAnswersAfterAllWinsAndTheHedgeIsCancelled() {
    CallContext context = rig.call();
    CompletableFuture<Reply> call = rig.send(context);
    rig.waitForHedge();
    rig.answer(0, 200);

    assertThat(call.join().status()).isEqualTo(200);
    assertThat(rig.sent(1)).isCancelled();
    assertThat(context.attempts()).isEqualTo(2);
    assertThat(context.attempt().number()).isEqualTo(1);
    assertThat(rig.hedges.sent()).isEqualTo(1);
    assertThat(rig.hedges.won()).isZero();
    assertThat(rig.events).endsWith("ended 2 0", "ended 1 200");
    rig.assertNothingHeld();
  }

  @Test
  void failureIsNotTheCallsWhileAnotherAttemptRuns() {
    CallContext context = rig.call();
    CompletableFuture<Reply> call = rig.send(context);
    rig.waitForHedge();
    rig.breakOff(0, context);
    assertThat(call).isNotDone();
    assertThat(rig.permits.inFlight()).isEqualTo(1);

    rig.answer(1, 200);

    assertThat(call.join().status()).isEqualTo(200);
    assertThat(rig.events).endsWith("ended 1 0 ConnectionError", "ended 2 200");
    assertThat(rig.wire.count()).isEqualTo(2);
    rig.assertNothingHeld();
  }

  @Test
  void statusThatIsTriedAgainIsNotGoodWhileAnotherAttemptRuns() {
    CompletableFuture<Reply> call = rig.send(rig.call());
    rig.waitForHedge();
    rig.answer(1, 503);
    assertThat(call).isNotDone();

    rig.answer(0, 200);

    assertThat(call.join().status()).isEqualTo(200);
    assertThat(rig.hedges.won()).isZero();
    assertThat(rig.events).endsWith("ended 2 503 ServerStatusError", "ended 1 200");
  }

  @Test
  void statusThatIsNotTriedAgainIsAnAnswer() {
    CompletableFuture<Reply> call = rig.send(rig.call());
    rig.waitForHedge();
    rig.answer(1, 404);

    assertThat(call).isCompletedExceptionally();
    assertThat(rig.sent(0)).isCancelled();
    assertThat(rig.hedges.won()).isEqualTo(1);
  }

  @Test
  void whenAllFailTheLastErrorHasTheOthersSuppressed() {
    CallContext context =
        rig.call(request("GET"), TestCalls.options(RetryPolicy.none()).hedge(POLICY));
    CompletableFuture<Reply> call = rig.send(context);
    rig.waitForHedge();
    rig.breakOff(0, context);
    rig.answer(1, 503);

    ServerStatusError error = failure(call, ServerStatusError.class);
    assertThat(error.attempts()).isEqualTo(2);
    assertThat(error.mayHaveBeenProcessed()).isTrue();
    assertThat(error.getSuppressed()).singleElement().isInstanceOf(ConnectionError.class);
    assertThat(rig.events).endsWith("ended 1 0 ConnectionError", "ended 2 503 ServerStatusError");
    rig.assertNothingHeld();
  }

  @Test
  void hedgesUseUpNoAttemptOfTheRetryPolicy() {
    CallContext context =
        rig.call(
            request("GET"),
            TestCalls.options(TestCalls.steady().maxAttempts(2).build()).hedge(POLICY));
    CompletableFuture<Reply> call = rig.send(context);
    rig.waitForHedge();
    rig.answer(0, 503);
    rig.answer(1, 503);
    rig.advanceMillis(1000);
    assertThat(rig.wire.count()).as("the retry").isEqualTo(3);
    assertThat(rig.attempt(2).number()).isEqualTo(3);

    rig.waitForHedge();
    rig.answer(3, 503);
    rig.answer(2, 503);

    ServerStatusError error = failure(call, ServerStatusError.class);
    assertThat(error.attempts()).isEqualTo(4);
    assertThat(error.getSuppressed()).hasSize(3);
    assertThat(rig.events.stream().filter(event -> event.startsWith("started")))
        .containsExactly("started 1", "started 2", "started 3", "started 4");
    rig.assertNothingHeld();
  }

  @Test
  void atMostSoManyFurtherAttemptsEachBesideTheOneBefore() {
    CompletableFuture<Reply> call =
        rig.send(rig.call(request("GET"), TestCalls.options().hedge(POLICY.max(2))));
    rig.advanceMillis(1000);
    assertThat(rig.wire.count()).isEqualTo(3);
    assertThat(rig.events)
        .containsExactly(
            "started 1", "hedged 2 after 100", "started 2", "hedged 3 after 100", "started 3");

    rig.answer(1, 200);

    assertThat(call.join().status()).isEqualTo(200);
    assertThat(rig.sent(0)).isCancelled();
    assertThat(rig.sent(2)).isCancelled();
    rig.assertNothingHeld();
  }

  @Test
  void attemptThatTimesOutLeavesTheCallToTheHedge() {
    CallContext context =
        rig.call(request("GET"), rig.options().attemptTimeout(Duration.ofMillis(150)));
    CompletableFuture<Reply> call = rig.send(context);
    rig.advanceMillis(150);
    assertThat(rig.sent(0)).isCancelled();
    assertThat(call).isNotDone();

    rig.answer(1, 200);

    assertThat(call.join().status()).isEqualTo(200);
    assertThat(rig.events).contains("ended 1 0 FetchTimeoutError");
    rig.assertNothingHeld();
  }

  @Test
  void noHedgeBeginsAtTheDeadline() {
    CompletableFuture<Reply> call =
        rig.send(rig.call(request("GET"), rig.options().timeout(AFTER)));
    rig.advanceMillis(1000);

    assertThat(rig.wire.count()).isEqualTo(1);
    assertThat(failure(call, FetchTimeoutError.class).attempts()).isEqualTo(1);
    rig.assertNothingHeld();
  }

  @Test
  void deadlineEndsBothAndKnowsOfBoth() {
    CompletableFuture<Reply> call =
        rig.send(rig.call(request("GET"), rig.options().timeout(Duration.ofMillis(300))));
    rig.advanceMillis(200);
    rig.attempt(1).markSent();
    rig.advanceMillis(100);

    FetchTimeoutError error = failure(call, FetchTimeoutError.class);
    assertThat(error.attempts()).isEqualTo(2);
    assertThat(error.mayHaveBeenProcessed()).isTrue();
    assertThat(rig.sent(0)).isCancelled();
    assertThat(rig.sent(1)).isCancelled();
    rig.assertNothingHeld();
  }

  @Test
  void cancelEndsBothAndTheTimer() {
    CompletableFuture<Reply> early = rig.send(rig.call());
    early.cancel(false);
    rig.assertNothingHeld();

    CompletableFuture<Reply> call = rig.send(rig.call());
    rig.waitForHedge();
    call.cancel(false);

    assertThat(rig.sent(1)).isCancelled();
    assertThat(rig.sent(2)).isCancelled();
    rig.assertNothingHeld();
  }

  @Test
  void onlyWhatMayBeSentTwiceAtOnceIsHedged() {
    RequestBody bytes = RequestBody.of(new byte[] {1}, "text/plain");
    RequestBody file = RequestBody.of(Path.of("never", "opened"), "text/plain");

    assertThat(hedges(with("PUT", bytes))).isTrue();
    assertThat(hedges(with("PUT", file))).isFalse();
    assertThat(hedges(with("POST", bytes))).isFalse();
    assertThat(hedges(with("POST", bytes, new Header("Idempotency-Key", "k", false)))).isTrue();
  }

  private static FetchRequest with(String method, RequestBody body, Header... headers) {
    return new FetchRequest(new HttpMethod(method), TestCalls.URL, List.of(headers), body);
  }

  private boolean hedges(FetchRequest request) {
    int before = rig.wire.count();
    CompletableFuture<Reply> call = rig.send(rig.call(request, rig.options()));
    rig.waitForHedge();
    call.cancel(false);
    return rig.wire.count() == before + 2;
  }

  @Test
  void switchOfProtocolsIsNotHedged() {
    ReplyReader<Reply> upgraded =
        new ReplyReader<>() {
          @Override
          public Form form() {
            return Form.UPGRADED;
          }

          @Override
          public String accept() {
            return "";
          }

          @Override
          public Reply read(Reply reply, CallContext context) {
            return reply;
          }
        };
    var call = rig.send(rig.call(request("GET"), rig.options(), upgraded));
    rig.advanceMillis(1000);

    assertThat(rig.wire.count()).isEqualTo(1);
    call.cancel(false);
  }

  @Test
  void trialOfACircuitBreakerStaysAlone() {
    var unused = rig.send(rig.call());
    rig.attempt(0).markTrial();
    rig.waitForHedge();

    assertThat(rig.wire.count()).isEqualTo(1);
  }

  @Test
  void hedgeSaysThatItMayNotWait() {
    var unused = rig.send(rig.call());
    rig.waitForHedge();

    assertThat(rig.attempt(0).mayWait()).isTrue();
    assertThat(rig.attempt(0).isHedge()).isFalse();
    assertThat(rig.attempt(1).mayWait()).isFalse();
    assertThat(rig.attempt(1).isHedge()).isTrue();
  }

  @Test
  void withoutAPolicyOrWithNoneNothingIsHedged() {
    var plain = rig.send(rig.call(request("GET"), TestCalls.options()));
    var none = rig.send(rig.call(request("GET"), rig.options().hedge(HedgePolicy.none())));
    var unhedged = rig.send(rig.call(request("GET"), rig.options().unhedged()));
    rig.advanceMillis(1000);

    assertThat(rig.wire.count()).isEqualTo(3);
    assertThat(List.of(plain, none, unhedged)).noneMatch(CompletableFuture::isDone);
  }
}
