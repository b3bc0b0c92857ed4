package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.internal.pipeline.TestCalls.context;
import static dev.fetchwell.internal.pipeline.TestCalls.error;
import static dev.fetchwell.internal.pipeline.TestCalls.fails;
import static dev.fetchwell.internal.pipeline.TestCalls.replies;
import static dev.fetchwell.internal.pipeline.TestCalls.request;
import static dev.fetchwell.internal.pipeline.TestCalls.settings;
import static dev.fetchwell.internal.pipeline.TestCalls.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.RateLimitedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** When it is tried again: the server's wish, the backoff, the deadline and the budget. */
class RetryDelayTest {

  private static final RetryBudget ONE_TOKEN = RetryBudget.of(0, 0, 1);

  private final VirtualTimer timer = new VirtualTimer();
  private final ScriptedStage next = new ScriptedStage();
  private final RetryStage stage =
      new RetryStage(next, RetryRegistry.ofDefaults(), timer, new Random(1));

  @Test
  void retryAfterWinsOverAShorterBackoff() {
    next.then(fails(429, Duration.ofSeconds(5)));
    var unused = send(request("GET"), steady().build());

    assertThat(timer.nextIn()).contains(Duration.ofSeconds(5));
  }

  @Test
  void backoffWinsOverAShorterRetryAfter() {
    next.then(fails(503, Duration.ZERO));
    var unused = send(request("GET"), steady().build());

    assertThat(timer.nextIn()).contains(Duration.ofSeconds(1));
  }

  @Test
  void retryAfterOverTheCapFailsAtOnceAndSaysHowLong() {
    next.then(fails(429, Duration.ofSeconds(61)));
    RetryPolicy patient = RetryPolicy.builder().build();
    CallContext context =
        context(
            request("GET"),
            settings(TestCalls.timeouts(Duration.ofHours(1), Duration.ofSeconds(1), null), patient),
            timer);

    RateLimitedError error = error(stage.send(context.request(), context), RateLimitedError.class);

    assertThat(error.retryAfter()).contains(Duration.ofSeconds(61));
    assertThat(timer.pending()).isZero();
  }

  @Test
  void retryAfterIsIgnoredWithACapOfZero() {
    next.then(fails(429, Duration.ofDays(1)));
    var unused = send(request("GET"), steady().respectRetryAfter(Duration.ZERO).build());

    assertThat(timer.nextIn()).contains(Duration.ofSeconds(1));
  }

  @Test
  void waitBeyondTheDeadlineFailsAtOnceWithTheLastError() {
    next.then(fails(503, Duration.ofSeconds(30)));

    CompletableFuture<Reply> call = send(request("GET"), steady().build());

    assertThat(error(call, HttpStatusError.class).status()).isEqualTo(503);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void waitJustBeforeTheDeadlineIsWaited() {
    next.then(fails(503, Duration.ofMillis(29_999))).then(replies(200));
    CompletableFuture<Reply> call = send(request("GET"), steady().build());

    timer.advance(Duration.ofMillis(29_999));

    assertThat(call).isCompleted();
  }

  @Test
  void emptyBudgetFailsAtOnceWithTheLastError() {
    RetryPolicy tight = steady().budget(ONE_TOKEN).build();
    next.always(fails(503));
    CompletableFuture<Reply> first = send(request("GET"), tight);
    timer.advance(Duration.ofSeconds(1));

    assertThat(error(first, HttpStatusError.class).attempts()).isEqualTo(2);
    CompletableFuture<Reply> second = send(request("GET"), tight);
    assertThat(error(second, HttpStatusError.class).attempts()).isEqualTo(1);
    assertThat(timer.pending()).isZero();
  }

  private CompletableFuture<Reply> send(FetchRequest request, RetryPolicy policy) {
    return stage.send(request, context(request, settings(policy), timer));
  }
}
