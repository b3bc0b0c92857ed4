package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.internal.pipeline.TestCalls.context;
import static dev.fetchwell.internal.pipeline.TestCalls.error;
import static dev.fetchwell.internal.pipeline.TestCalls.fails;
import static dev.fetchwell.internal.pipeline.TestCalls.open;
import static dev.fetchwell.internal.pipeline.TestCalls.replies;
import static dev.fetchwell.internal.pipeline.TestCalls.reply;
import static dev.fetchwell.internal.pipeline.TestCalls.request;
import static dev.fetchwell.internal.pipeline.TestCalls.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DeadlineStageTest {

  private final VirtualTimer timer = new VirtualTimer();
  private final ScriptedStage next = new ScriptedStage();
  private final DeadlineStage stage = new DeadlineStage(next);
  private final FetchRequest request = request("GET");
  private final CallContext context = context(request, settings(), timer);

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

    FetchTimeoutError error = error(call, FetchTimeoutError.class);
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
    CallContext other = context(request, settings(), timer);
    CompletableFuture<Reply> sent = stage.send(request, other);
    other.attempt().markSent();

    timer.advance(Duration.ofSeconds(30));

    assertThat(error(unsent, FetchTimeoutError.class).mayHaveBeenProcessed()).isFalse();
    assertThat(error(sent, FetchTimeoutError.class).mayHaveBeenProcessed()).isTrue();
  }

  @Test
  void timeBeforeTheStageCounts() {
    timer.advance(Duration.ofSeconds(29));
    CompletableFuture<Reply> call = stage.send(request, context);

    timer.advance(Duration.ofSeconds(1));

    assertThat(error(call, FetchTimeoutError.class).phase())
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
    CompletableFuture<Reply> deaf =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean mayInterrupt) {
            return false;
          }
        };
    CompletableFuture<Reply> call = new DeadlineStage((r, c) -> deaf).send(request, context);
    timer.advance(Duration.ofSeconds(30));

    deaf.complete(open(body));

    assertThat(call).isCompletedExceptionally();
    assertThat(body.cancelled()).isTrue();
  }

  @Test
  void deadlineWhileWaitingForARetryCarriesTheEarlierErrors() {
    next.then(fails(503));
    RetryStage retry = new RetryStage(next, RetryRegistry.ofDefaults(), timer, new Random(1));
    CallContext late = context(request, settings(), timer);
    CompletableFuture<Reply> call = new DeadlineStage(retry).send(request, late);

    timer.advance(Duration.ofSeconds(30));

    FetchTimeoutError error = error(call, FetchTimeoutError.class);
    assertThat(error.attempts()).isEqualTo(2);
    assertThat(error.getSuppressed()).hasSize(1).hasOnlyElementsOfType(ServerStatusError.class);
    assertThat(timer.pending()).isZero();
  }
}
