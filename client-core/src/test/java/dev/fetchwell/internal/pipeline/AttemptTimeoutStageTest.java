package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.internal.pipeline.TestCalls.context;
import static dev.fetchwell.internal.pipeline.TestCalls.error;
import static dev.fetchwell.internal.pipeline.TestCalls.reply;
import static dev.fetchwell.internal.pipeline.TestCalls.request;
import static dev.fetchwell.internal.pipeline.TestCalls.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AttemptTimeoutStageTest {

  private final VirtualTimer timer = new VirtualTimer();
  private final ScriptedStage next = new ScriptedStage();
  private final AttemptTimeoutStage stage = new AttemptTimeoutStage(next);
  private final FetchRequest request = request("GET");
  private final CallContext context = context(request, settings(), timer);

  @Test
  void attemptThatTakesTooLongFailsAndIsCancelled() {
    CompletableFuture<Reply> call = stage.send(request, context);

    timer.advance(Duration.ofMillis(9_999));
    assertThat(call).isNotDone();
    timer.advance(Duration.ofMillis(1));

    FetchTimeoutError error = error(call, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.ATTEMPT);
    assertThat(error).hasMessageContaining("one attempt took longer than 10000 ms [ATTEMPT]");
    assertThat(next.last().future()).isCancelled();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void replyInTimeCancelsTheTimer() {
    CompletableFuture<Reply> call = stage.send(request, context);

    next.last().future().complete(reply(200));

    assertThat(call).isCompleted();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void cancelReachesTheNextStageAndTheTimer() {
    CompletableFuture<Reply> call = stage.send(request, context);

    call.cancel(false);

    assertThat(next.last().future()).isCancelled();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void deadlineThatComesFirstNeedsNoTimerOfTheAttempt() {
    timer.advance(Duration.ofSeconds(20));

    CompletableFuture<Reply> call = stage.send(request, context);

    assertThat(timer.pending()).isZero();
    assertThat(call).isSameAs(next.last().future());
  }
}
