package dev.fetchwell.internal.pipeline.retry;

import static dev.fetchwell.testkit.Answers.fails;
import static dev.fetchwell.testkit.Answers.replies;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.request;
import static dev.fetchwell.testkit.TestCalls.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.RateLimitedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Outermost;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** When it is tried again: the server's wish, the backoff, the deadline and the budget. */
class RetryDelayTest {

  private static final RetryBudget ONE_TOKEN = RetryBudget.of(0, 0, 1);

  private final VirtualTimer timer = new VirtualTimer();
  private final ScriptedStage next = new ScriptedStage();
  private final Stage stage =
      Outermost.around(
          Retries.layer(RetryRegistry.ofDefaults(), VirtualPlatform.of(timer)).around(next));

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
        context(request("GET"), options(patient).timeout(Duration.ofHours(1)), timer);

    RateLimitedError error =
        failure(stage.send(context.request(), context), RateLimitedError.class);

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

    assertThat(failure(call, HttpStatusError.class).status()).isEqualTo(503);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void waitJustBeforeTheDeadlineIsWaited() {
    next.then(fails(503, Duration.ofSeconds(29))).then(replies(200));
    CallContext context = context(request("GET"), options(), timer);
    timer.advance(Duration.ofMillis(999));
    CompletableFuture<Reply> call = stage.send(context.request(), context);

    timer.advance(Duration.ofSeconds(29));

    assertThat(call).isCompleted();
  }

  @Test
  void emptyBudgetFailsAtOnceWithTheLastError() {
    RetryPolicy tight = steady().budget(ONE_TOKEN).build();
    next.always(fails(503));
    CompletableFuture<Reply> first = send(request("GET"), tight);
    timer.advance(Duration.ofSeconds(1));

    assertThat(failure(first, HttpStatusError.class).attempts()).isEqualTo(2);
    CompletableFuture<Reply> second = send(request("GET"), tight);
    assertThat(failure(second, HttpStatusError.class).attempts()).isEqualTo(1);
    assertThat(timer.pending()).isZero();
  }

  private CompletableFuture<Reply> send(FetchRequest request, RetryPolicy policy) {
    return stage.send(request, context(request, options(policy), timer));
  }
}
