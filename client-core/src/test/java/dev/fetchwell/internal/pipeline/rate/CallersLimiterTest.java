package dev.fetchwell.internal.pipeline.rate;

import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.options;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.RateLimitExceededError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.policy.RateLimit;
import dev.fetchwell.policy.RateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Limiters of the caller's own, whose code is foreign. */
class CallersLimiterTest {

  private final Scripted limiter = new Scripted();
  private final RatesHarness harness = new RatesHarness(null, null, limiter);

  /** Leaves all futures to the test. */
  private static final class Scripted implements RateLimiter {

    private final List<String> hosts = new ArrayList<>();
    private final List<Duration> atMost = new ArrayList<>();
    private final List<CompletableFuture<@Nullable Void>> turns = new ArrayList<>();

    @Override
    public CompletableFuture<@Nullable Void> acquire(String host, Duration most) {
      CompletableFuture<@Nullable Void> turn = new CompletableFuture<>();
      hosts.add(host);
      atMost.add(most);
      turns.add(turn);
      return turn;
    }
  }

  private CompletableFuture<Reply> asked() {
    CompletableFuture<Reply> call = harness.send("a");
    harness.executor.runAll();
    return call;
  }

  @Test
  void attemptGoesOnWhenTheLimiterSaysSo() {
    CompletableFuture<Reply> call =
        harness.send("a:8080", options().queueTimeout(Duration.ofSeconds(7)));
    assertThat(limiter.hosts).as("not on the caller's thread").isEmpty();
    harness.executor.runAll();

    assertThat(limiter.hosts).containsExactly("a:8080");
    assertThat(limiter.atMost).containsExactly(Duration.ofSeconds(7));
    assertThat(harness.next.count()).isZero();
    assertThat(harness.asking.taken()).isEqualTo(1);
    limiter.turns.get(0).complete(null);
    assertThat(harness.next.count()).as("not on the limiter's thread").isZero();
    harness.executor.runAll();

    assertThat(harness.next.count()).isEqualTo(1);
    assertThat(call).isNotDone();
    harness.assertNobodyWaits();
    assertThat(harness.throttled).hasSize(1);
    assertThat(limiter.turns.get(0)).as("not cancelled").isCompleted();
  }

  @Test
  void answerAtOnceIsNoWaitToTellOf() {
    RatesHarness quick =
        new RatesHarness(null, null, (host, most) -> CompletableFuture.completedFuture(null));
    quick.start("a");
    quick.executor.runAll();

    assertThat(quick.next.count()).isEqualTo(1);
    assertThat(quick.throttled).isEmpty();
    quick.assertNobodyWaits();
  }

  @Test
  void itIsAskedAfterTheClientsOwnTokenCame() {
    RatesHarness both = new RatesHarness(null, RateLimit.perSecond(1), limiter);
    both.send("a", 2);
    both.executor.runAll();
    assertThat(limiter.turns).hasSize(1);

    both.pass(Duration.ofSeconds(1));
    assertThat(limiter.turns).hasSize(2);
  }

  @Test
  void tokenOfTheClientIsGivenBackWhenTheLimiterRefuses() {
    RatesHarness both = new RatesHarness(null, RateLimit.per(1, Duration.ofSeconds(20)), limiter);
    both.start("a");
    both.executor.runAll();

    limiter.turns.get(0).completeExceptionally(new IllegalStateException("away"));
    both.executor.runAll();
    both.start("a");
    both.executor.runAll();

    assertThat(limiter.turns).hasSize(2);
  }

  @Test
  void limitersAreAskedOneAfterTheOther() {
    Scripted second = new Scripted();
    RatesHarness two = new RatesHarness(null, null, limiter, second);
    two.start("a");
    two.executor.runAll();
    assertThat(second.turns).isEmpty();

    limiter.turns.get(0).complete(null);
    two.executor.runAll();
    assertThat(second.turns).hasSize(1);
    second.turns.get(0).complete(null);
    two.executor.runAll();

    assertThat(two.next.count()).isEqualTo(1);
    two.assertNobodyWaits();
  }

  @Test
  void refusalOfTheLimiterIsTheCalls() {
    CompletableFuture<Reply> call = asked();
    RateLimitExceededError refusal =
        new RateLimitExceededError("fleet full", Duration.ofSeconds(3));
    limiter.turns.get(0).completeExceptionally(new CompletionException(refusal));
    harness.executor.runAll();

    RateLimitExceededError error = failure(call, RateLimitExceededError.class);
    assertThat(error.retryAfter()).isEqualTo(Duration.ofSeconds(3));
    assertThat(error).hasMessage("GET http://a/: fleet full (after 0 ms)");
    harness.assertNobodyWaits();
  }

  @Test
  void refusalThatKnowsItsCallIsPassedOnAsItIs() {
    CompletableFuture<Reply> call = asked();
    RateLimitExceededError refusal =
        new RateLimitExceededError(
            "fleet full", Duration.ZERO, new CallFacts("PUT", "u", 0, Duration.ZERO, false));
    limiter.turns.get(0).completeExceptionally(refusal);
    harness.executor.runAll();

    assertThat(failure(call, RateLimitExceededError.class)).isSameAs(refusal);
  }

  @Test
  void whateverElseItFailsWithIsTheCauseOfAnUnexpectedError() {
    FetchTimeoutError foreign =
        new FetchTimeoutError(
            FetchTimeoutError.Phase.ATTEMPT,
            Duration.ofSeconds(1),
            new CallFacts("GET", "u", 1, Duration.ZERO, true),
            null);
    List<Throwable> failures =
        List.of(
            new IllegalStateException("away"),
            new StackOverflowError(),
            new CancellationException(),
            foreign);
    for (Throwable thrown : failures) {
      CompletableFuture<Reply> call = asked();
      limiter.turns.get(limiter.turns.size() - 1).completeExceptionally(thrown);
      harness.executor.runAll();

      UnexpectedError error = failure(call, UnexpectedError.class);
      assertThat(error).hasCause(thrown);
      assertThat(error.mayHaveBeenProcessed()).isFalse();
      assertThat(error.attempts()).isZero();
    }
    harness.assertNobodyWaits();
  }

  @Test
  @SuppressWarnings("NullAway") // It is what is tested.
  void nullAndWhatIsThrownEndTheCallToo() {
    List<RateLimiter> limiters =
        List.of(
            (host, most) -> null,
            (host, most) -> {
              throw new AssertionError("thrown");
            },
            (host, most) -> unlinkable());
    for (RateLimiter broken : limiters) {
      RatesHarness bad = new RatesHarness(null, null, broken);
      CompletableFuture<Reply> call = bad.send("a");
      bad.executor.runAll();

      failure(call, UnexpectedError.class);
      bad.assertNobodyWaits();
    }
  }

  private static CompletableFuture<@Nullable Void> unlinkable() {
    return new CompletableFuture<>() {
      @Override
      public CompletableFuture<@Nullable Void> whenComplete(
          BiConsumer<? super @Nullable Void, ? super @Nullable Throwable> action) {
        throw new UnsupportedOperationException();
      }
    };
  }

  @Test
  void futureThatTellsTwiceSendsOnce() {
    RatesHarness twice =
        new RatesHarness(
            null,
            null,
            (host, most) ->
                new CompletableFuture<>() {
                  @Override
                  public CompletableFuture<@Nullable Void> whenComplete(
                      BiConsumer<? super @Nullable Void, ? super @Nullable Throwable> action) {
                    action.accept(null, null);
                    action.accept(null, new IllegalStateException("again"));
                    return this;
                  }
                });
    twice.start("a");
    twice.executor.runAll();

    assertThat(twice.next.count()).isEqualTo(1);
    twice.assertNobodyWaits();
  }

  @Test
  void cancelReachesTheLimitersFuture() {
    CompletableFuture<Reply> call = asked();

    call.cancel(false);
    harness.executor.runAll();

    assertThat(limiter.turns.get(0)).isCancelled();
    harness.assertNobodyWaits();
  }

  @Test
  void timeoutReachesTheLimitersFutureButNotOnTheTimersThread() {
    CompletableFuture<Reply> call =
        harness.send("a", options().queueTimeout(Duration.ofSeconds(1)));
    harness.executor.runAll();

    harness.timer.advance(Duration.ofSeconds(1));

    assertThat(failure(call, FetchTimeoutError.class))
        .hasMessageContaining("took longer than 1000 ms [QUEUE], waiting for the rate limiter");
    assertThat(limiter.turns.get(0)).isNotDone();
    harness.executor.runAll();
    assertThat(limiter.turns.get(0)).isCancelled();
    harness.assertNobodyWaits();
  }

  @Test
  void whoIsCancelledBeforeItsTurnToAskDoesNotAsk() {
    CompletableFuture<Reply> call = harness.send("a");
    call.cancel(false);
    harness.executor.runAll();

    assertThat(limiter.turns).isEmpty();
    harness.assertNobodyWaits();
  }

  @Test
  void futureThatIgnoresCancelAndAnswersLateSendsNothing() {
    CompletableFuture<@Nullable Void> deaf =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean mayInterrupt) {
            return false;
          }
        };
    RatesHarness late = new RatesHarness(null, null, (host, most) -> deaf);
    CompletableFuture<Reply> call = late.send("a");
    late.executor.runAll();
    call.cancel(false);
    late.executor.runAll();

    deaf.complete(null);
    late.executor.runAll();

    assertThat(late.next.count()).isZero();
    late.assertNobodyWaits();
  }

  @Test
  void tooManyWhoWaitForItFailAtOnce() {
    harness.send("a", 3);

    assertThat(failure(harness.send("a"), RateLimitExceededError.class))
        .hasMessageContaining("too many attempts wait for the rate limiter");
  }
}
