package dev.fetchwell.internal.pipeline.time;

import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.deaf;
import static dev.fetchwell.testkit.TestCalls.open;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.TestBody;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttemptTimeoutTest {

  private final VirtualTimer timer = new VirtualTimer();
  private final ScriptedStage next = new ScriptedStage();
  private final Stage stage = AttemptTimeout.layer().around(next);
  private final FetchRequest request = request("GET");
  private final CallContext context = context(request, options(), timer);

  @BeforeEach
  void beginAttempt() {
    context.beginAttempt(false, false);
  }

  @Test
  void attemptThatTakesTooLongFailsAndIsCancelled() {
    CompletableFuture<Reply> call = stage.send(request, context);

    timer.advance(Duration.ofMillis(9_999));
    assertThat(call).isNotDone();
    timer.advance(Duration.ofMillis(1));

    FetchTimeoutError error = failure(call, FetchTimeoutError.class);
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
  void streamedReplyIsLimitedUntilItsHeadersAreHere() {
    TestBody body = new TestBody("slow");
    CompletableFuture<Reply> call = stage.send(request, context);

    next.last().future().complete(open(body));
    timer.advance(Duration.ofHours(1));

    assertThat(call).isCompleted();
    assertThat(body.cancelled()).isFalse();
  }

  @Test
  void replyAfterTheTimeoutIsDiscarded() {
    TestBody body = new TestBody("late");
    CompletableFuture<Reply> deaf = deaf();
    CompletableFuture<Reply> call =
        AttemptTimeout.layer().around((r, c) -> deaf).send(request, context);
    timer.advance(Duration.ofSeconds(10));

    deaf.complete(open(body));

    assertThat(call).isCompletedExceptionally();
    assertThat(body.cancelled()).isTrue();
  }

  @Test
  void cancelReachesTheNextStageAndTheTimer() {
    CompletableFuture<Reply> call = stage.send(request, context);

    call.cancel(false);

    assertThat(next.last().future()).isCancelled();
    assertThat(timer.pending()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 25, 29, 30, 31})
  void whereTheTotalEndsNoLaterItIsTheErrorAndRightAfterItsOwnTimerTheLimit(int secondsGone) {
    timer.advance(Duration.ofSeconds(secondsGone));
    CompletableFuture<Reply> call = stage.send(request, context);
    Duration left =
        secondsGone < 30 ? Duration.ofSeconds(30 - secondsGone).plusMillis(50) : Duration.ZERO;
    assertThat(timer.nextIn()).contains(left);

    timer.advance(left);

    FetchTimeoutError error = failure(call, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.TOTAL);
    assertThat(error).hasMessageContaining("the whole call took longer than 30000 ms [TOTAL]");
    assertThat(next.last().future()).isCancelled();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void callThatCannotBeLimitedIsNotSent() {
    timer.reject(true);

    CompletableFuture<Reply> call = stage.send(request, context);

    assertThat(failure(call, RejectedExecutionException.class)).hasMessage("told to");
    assertThat(next.count()).isZero();
  }
}
