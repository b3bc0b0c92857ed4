package dev.fetchwell.internal.pipeline.rate;

import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.options;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.RateLimitExceededError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.observe.Throttled;
import dev.fetchwell.policy.RateLimit;
import dev.fetchwell.testkit.TestCalls;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RateLimitsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private static final RateLimit EVERY_SECOND = RateLimit.perSecond(1);

  private final RatesHarness perHost = new RatesHarness(EVERY_SECOND, null);

  @Test
  void nothingConfiguredIsNotInLine() {
    RatesHarness none = new RatesHarness(null, null);
    Layer layer = none.limits.layer();
    assertThat(layer.around(none.next)).isSameAs(none.next);
  }

  @Test
  void callsOfAHostGoOneAfterTheOtherAndOtherHostsDoNotWait() {
    perHost.send("a", 3);
    perHost.start("b");
    assertThat(perHost.sent()).containsExactly("a", "b");
    assertThat(perHost.waiting.taken()).isEqualTo(2);

    perHost.pass(SECOND);
    assertThat(perHost.sent()).containsExactly("a", "b", "a");
    perHost.pass(SECOND);
    assertThat(perHost.sent()).containsExactly("a", "b", "a", "a");
    perHost.assertNobodyWaits();
  }

  @Test
  void burstGoesAtOnceAfterAQuietTime() {
    RatesHarness harness = new RatesHarness(null, EVERY_SECOND.burst(3));
    harness.send("a", 2);
    harness.send("b", 2);
    assertThat(harness.sent()).containsExactly("a", "a", "b");
    harness.pass(SECOND);
    assertThat(harness.sent()).containsExactly("a", "a", "b", "b");
  }

  @Test
  void waitBeyondTheDeadlineFailsAtOnceAndSaysHowLong() {
    perHost.send("a", 2);
    CompletableFuture<Reply> call = perHost.send("a", options().timeout(Duration.ofSeconds(2)));

    RateLimitExceededError error = failure(call, RateLimitExceededError.class);
    assertThat(error.retryAfter()).isEqualTo(Duration.ofSeconds(2));
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(error.attempts()).isZero();
    assertThat(error)
        .hasMessageContaining(
            "the rate limit of host a (1 per PT1S, burst 1) is reached, and to wait for 2000 ms"
                + " would pass the call's deadline");
    assertThat(perHost.waiting.taken()).isEqualTo(1);
  }

  @Test
  void waitBeyondTheQueueTimeoutFailsAtOnce() {
    perHost.send("a", 2);
    CompletableFuture<Reply> call =
        perHost.send("a", options().queueTimeout(Duration.ofMillis(1_500)));

    assertThat(failure(call, RateLimitExceededError.class))
        .hasMessageContaining("would pass the call's queueTimeout");
  }

  @Test
  void waitForTheClientsTokenThatWillBeTooLongFailsBeforeTheHostsIsAwaited() {
    RatesHarness both = new RatesHarness(EVERY_SECOND, RateLimit.per(1, Duration.ofMinutes(1)));
    both.start("a");

    CompletableFuture<Reply> call = both.send("a");

    assertThat(failure(call, RateLimitExceededError.class).retryAfter())
        .isEqualTo(Duration.ofMinutes(1));
    both.assertNobodyWaits();
  }

  @Test
  void whoFindsNoPlaceToWaitFailsAtOnce() {
    perHost.send("a", 4);
    CompletableFuture<Reply> fifth = perHost.send("a");

    RateLimitExceededError error = failure(fifth, RateLimitExceededError.class);
    assertThat(error).hasMessageContaining("all places in its queue are taken");
    assertThat(error.retryAfter()).isEqualTo(Duration.ofSeconds(4));

    perHost.send("b", 2);
    assertThat(perHost.waiting.taken()).isEqualTo(4);
    failure(perHost.send("b"), RateLimitExceededError.class);
  }

  @Test
  void cancelledWaiterLetsTheOthersMoveUp() {
    List<CompletableFuture<Reply>> calls = perHost.send("a", 4);

    calls.get(1).cancel(false);
    calls.get(2).cancel(false);
    perHost.pass(SECOND);

    assertThat(perHost.next.count()).isEqualTo(2);
    perHost.next.sent(1).future().complete(reply());
    perHost.executor.runAll();
    assertThat(calls.get(3)).isCompleted();
    perHost.assertNobodyWaits();
  }

  private static Reply reply() {
    return TestCalls.reply(200);
  }

  @Test
  void whoWaitsForTheHostHoldsNothingOfTheClient() {
    RatesHarness both = new RatesHarness(EVERY_SECOND, RateLimit.perSecond(2).burst(2));
    both.send("a", 3);
    both.start("b");
    assertThat(both.sent()).containsExactly("a", "b");

    both.pass(SECOND);
    assertThat(both.sent()).containsExactly("a", "b", "a");
    both.pass(SECOND);
    assertThat(both.sent()).containsExactly("a", "b", "a", "a");
    both.assertNobodyWaits();
  }

  @Test
  void hostsTokenIsGivenBackByWhoIsCancelledWhileWaitingForTheClients() {
    RatesHarness both = new RatesHarness(RateLimit.per(1, Duration.ofSeconds(20)), EVERY_SECOND);
    both.start("b");
    CompletableFuture<Reply> call = both.send("a");
    assertThat(both.sent()).containsExactly("b");

    call.cancel(false);
    both.pass(SECOND);
    both.start("a");

    assertThat(both.sent()).containsExactly("b", "a");
    both.assertNobodyWaits();
  }

  @Test
  void tokenThatWasUsedIsNotGivenBack() {
    CompletableFuture<Reply> used = perHost.send("a");
    CompletableFuture<Reply> waits = perHost.send("a");

    used.cancel(false);
    perHost.executor.runAll();

    assertThat(perHost.next.count()).isEqualTo(1);
    assertThat(waits).isNotDone();
  }

  @Test
  void waitIsToldAndCounted() {
    perHost.send("a", 2);

    assertThat(perHost.throttled).hasSize(1);
    Throttled event = perHost.throttled.get(0);
    assertThat(event.reason()).isEqualTo(Throttled.Reason.RATE_LIMIT);
    assertThat(event.key()).isEqualTo("a");
    assertThat(event.delay()).isEqualTo(SECOND);
  }

  @Test
  void timerThatTakesNoTaskFailsTheCallAndLosesNothing() {
    perHost.start("a");
    perHost.timer.reject(true);
    failure(perHost.send("a"), UnexpectedError.class);
    perHost.timer.reject(false);

    perHost.assertNobodyWaits();
    perHost.start("a");
    perHost.pass(SECOND);
    assertThat(perHost.next.count()).isEqualTo(2);
  }

  @Test
  void queueTimeoutEndsAWaitThatTookLongerThanItShould() {
    perHost.start("a");
    CompletableFuture<Reply> call =
        perHost.send("a", options().queueTimeout(Duration.ofMillis(1_500)));
    // The timer has rung, but no thread comes to hand the turn over.
    perHost.timer.advance(SECOND);
    perHost.timer.advance(SECOND);

    FetchTimeoutError error = failure(call, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.QUEUE);
    assertThat(error).hasMessageContaining("waiting for the rate limit of host a");
    perHost.executor.runAll();
    perHost.assertNobodyWaits();
  }

  @Test
  void manyHostsThatWereMetAreForgotten() {
    for (int i = 0; i < 20_000; i++) {
      perHost.start("host" + i);
      if (i % 10 == 0) {
        perHost.timer.advance(Duration.ofMillis(20));
      }
    }
    assertThat(perHost.next.count()).isEqualTo(20_000);
    assertThat(perHost.limits.remembered()).isLessThan(3_000);
  }
}
