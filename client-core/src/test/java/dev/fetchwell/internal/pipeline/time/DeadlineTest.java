package dev.fetchwell.internal.pipeline.time;

import static dev.fetchwell.testkit.Answers.fails;
import static dev.fetchwell.testkit.Answers.replies;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.deaf;
import static dev.fetchwell.testkit.TestCalls.open;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.retry.Retries;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.TestBody;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class DeadlineTest {

  private final VirtualTimer timer = new VirtualTimer();
  private final ScriptedStage next = new ScriptedStage();
  private final Stage stage = Deadline.layer().around(next);
  private final FetchRequest request = request("GET");
  private final CallContext context = context(request, options(), timer);

  @Test
  void replyInTimePassesAndTheTimerIsCancelled() {
    CompletableFuture<Reply> call = stage.send(request, context);
    timer.advance(Duration.ofMillis(29_999));
    Reply reply = reply(200);

    next.last().future().complete(reply);

    assertThat(call).isCompletedWithValue(reply);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void replyThatIsThereAtOnceLeavesNoTimer() {
    next.then(replies(200));

    assertThat(stage.send(request, context)).isCompleted();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void deadlineFailsTheCallAndCancelsTheNextStage() {
    CompletableFuture<Reply> call = stage.send(request, context);

    timer.advance(Duration.ofSeconds(30));

    FetchTimeoutError error = failure(call, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.TOTAL);
    assertThat(error.elapsed()).isEqualTo(Duration.ofSeconds(30));
    assertThat(error)
        .hasMessageContaining("the whole call took longer than 30000 ms [TOTAL]")
        .hasMessageNotContaining("hidden");
    assertThat(next.last().future()).isCancelled();
  }

  @Test
  void deadlineTellsWhetherTheRequestMayHaveBeenProcessed() {
    CompletableFuture<Reply> unsent = stage.send(request, context);
    CallContext other = context(request, options(), timer);
    CompletableFuture<Reply> sent = stage.send(request, other);
    other.attempt().markSent();

    timer.advance(Duration.ofSeconds(30));

    assertThat(failure(unsent, FetchTimeoutError.class).mayHaveBeenProcessed()).isFalse();
    assertThat(failure(sent, FetchTimeoutError.class).mayHaveBeenProcessed()).isTrue();
  }

  @Test
  void timeBeforeTheStageCounts() {
    timer.advance(Duration.ofSeconds(29));
    CompletableFuture<Reply> call = stage.send(request, context);

    timer.advance(Duration.ofSeconds(1));

    assertThat(failure(call, FetchTimeoutError.class).phase())
        .isEqualTo(FetchTimeoutError.Phase.TOTAL);
  }

  @Test
  void callWhoseTimeIsOverAlreadyFailsAtOnce() {
    timer.advance(Duration.ofSeconds(31));
    CompletableFuture<Reply> call = stage.send(request, context);

    timer.runDue();

    assertThat(failure(call, FetchTimeoutError.class).phase())
        .isEqualTo(FetchTimeoutError.Phase.TOTAL);
  }

  @Test
  void cancelReachesTheNextStageAndTheTimer() {
    CompletableFuture<Reply> call = stage.send(request, context);

    call.cancel(false);

    assertThat(next.last().future()).isCancelled();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void replyAfterTheDeadlineIsDiscarded() {
    TestBody body = new TestBody("late");
    CompletableFuture<Reply> deaf = deaf();
    CompletableFuture<Reply> call = Deadline.layer().around((r, c) -> deaf).send(request, context);
    timer.advance(Duration.ofSeconds(30));

    deaf.complete(open(body));

    assertThat(call).isCompletedExceptionally();
    assertThat(body.cancelled()).isTrue();
  }

  @Test
  void deadlineWhileAnAttemptRunsCarriesTheEarlierErrors() {
    next.then(fails(503));
    CallContext late = context(request, options(), timer);
    CompletableFuture<Reply> call = aroundRetries(next).send(request, late);

    timer.advance(Duration.ofSeconds(30));

    FetchTimeoutError error = failure(call, FetchTimeoutError.class);
    assertThat(error.attempts()).isEqualTo(2);
    assertThat(error.getSuppressed()).hasSize(1).hasOnlyElementsOfType(ServerStatusError.class);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void deadlineThatComesWithTheLimitOfTheLastAttemptIsTheOneThatEndsTheCall() {
    next.then(fails(503));
    CallContext late = context(request, options(), timer);
    Stage limited = AttemptTimeout.layer().around(next);
    timer.advance(Duration.ofSeconds(19));
    CompletableFuture<Reply> call = aroundRetries(limited).send(request, late);

    timer.advance(Duration.ofSeconds(11));

    FetchTimeoutError error = failure(call, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.TOTAL);
    assertThat(error.getSuppressed()).hasSize(1).hasOnlyElementsOfType(ServerStatusError.class);
    assertThat(next.count()).isEqualTo(2);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void callThatCannotBeLimitedIsNotSent() {
    timer.reject(true);

    CompletableFuture<Reply> call = stage.send(request, context);

    assertThat(failure(call, RejectedExecutionException.class)).hasMessage("told to");
    assertThat(next.count()).isZero();
  }

  private Stage aroundRetries(Stage inner) {
    return Deadline.layer()
        .around(Retries.layer(RetryRegistry.ofDefaults(), VirtualPlatform.of(timer)).around(inner));
  }
}
