package dev.fetchwell.internal.pipeline.time;

import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.FetchTimeoutError.Phase;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Upload;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The attempt's 10 s and the total's 30 s, with a body that is on its way. */
class UploadTimeTest {

  private final VirtualTimer timer = new VirtualTimer();
  private final ScriptedStage next = new ScriptedStage();
  private final FetchRequest request = request("PUT");
  private final CallContext context = context(request, options(), timer);
  private final Attempt attempt = context.beginAttempt(false, false);
  private final CompletableFuture<Reply> call =
      AttemptTimeout.layer().around(next).send(request, context);

  private void after(int seconds, Upload state) {
    timer.advance(Duration.ofSeconds(seconds));
    attempt.markUpload(state, timer.nanoTime());
  }

  private FetchTimeoutError endsAfter(int seconds) {
    return endsAfter(Duration.ofSeconds(seconds));
  }

  private FetchTimeoutError endsAfter(Duration time) {
    timer.advance(time.minusNanos(1));
    assertThat(call).isNotDone();
    timer.advance(Duration.ofNanos(1));
    assertThat(timer.pending()).isZero();
    assertThat(next.last().future()).isCancelled();
    return failure(call, FetchTimeoutError.class);
  }

  @Test
  void silenceIsCountedFromTheLastSignOfLife() {
    after(4, Upload.RUNNING);
    after(9, Upload.RUNNING);

    FetchTimeoutError error = endsAfter(10);

    assertThat(error.phase()).isEqualTo(Phase.ATTEMPT);
    assertThat(error).hasMessageContaining("silence while the request's body was sent");
  }

  @Test
  void answerHasItsOwnTimeOnceTheBodyIsSent() {
    after(9, Upload.RUNNING);
    after(9, Upload.SENT);

    FetchTimeoutError error = endsAfter(10);

    assertThat(error.phase()).isEqualTo(Phase.ATTEMPT);
    assertThat(error).hasMessageContaining("the answer, once the request's body was sent");
  }

  @Test
  void whatComesBeforeTheBodyIsLimitedAsEver() {
    assertThat(endsAfter(10)).hasMessageContaining("one attempt took longer than 10000 ms");
  }

  @Test
  void signsOfLifeDoNotTouchTheTimer() {
    for (int i = 0; i < 1000; i++) {
      attempt.markUpload(Upload.RUNNING, timer.nanoTime());
    }

    assertThat(timer.pending()).isEqualTo(1);
    assertThat(timer.nextIn()).contains(Duration.ofSeconds(10));
  }

  @Test
  void totalEndsAnUploadThatGoesOn() {
    for (int i = 0; i < 7; i++) {
      after(4, Upload.RUNNING);
    }

    // The deadline's own timer, which comes first, is not in this test.
    FetchTimeoutError error = endsAfter(Duration.ofSeconds(2).plusMillis(50));

    assertThat(error.phase()).isEqualTo(Phase.TOTAL);
  }

  @Test
  void replyAfterALongUploadCancelsTheTimer() {
    after(9, Upload.RUNNING);
    after(9, Upload.SENT);

    next.last().future().complete(reply(200));

    assertThat(call).isCompleted();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void limitThatCannotGoOnComesEarlyRatherThanNever() {
    after(9, Upload.RUNNING);
    timer.reject(true);

    timer.advance(Duration.ofSeconds(1));

    assertThat(failure(call, FetchTimeoutError.class).phase()).isEqualTo(Phase.ATTEMPT);
  }
}
