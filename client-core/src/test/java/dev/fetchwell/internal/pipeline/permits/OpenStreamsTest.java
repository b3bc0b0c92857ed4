package dev.fetchwell.internal.pipeline.permits;

import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.open;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.testkit.TestBody;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who finds no permit is told if streams that nobody closes hold them. */
class OpenStreamsTest {

  private static final String HELD = "2 of 2 permits held, 2 by open streams: close them";

  private final PermitsHarness harness = new PermitsHarness();
  private final TestBody first = new TestBody("a");
  private final TestBody second = new TestBody("b");

  @Test
  void openBodiesAreCountedUntilTheyEnd() {
    openTwoStreams();
    assertThat(harness.permits.openStreams()).isEqualTo(2);
    assertThat(harness.permits.inFlight()).isEqualTo(2);
    first.end();
    second.cancel();
    second.cancel();
    assertThat(harness.permits.openStreams()).isZero();
    harness.assertAllPermitsAreBack();
  }

  @Test
  void replyWithoutAnOpenBodyIsNoStream() {
    harness.start("a");
    harness.completeAll();
    assertThat(harness.permits.openStreams()).isZero();
  }

  @Test
  void rejectionNamesTheStreams() {
    openTwoStreams();
    harness.start("a", 4);
    BulkheadFullError error = failure(harness.send("a"), BulkheadFullError.class);
    assertThat(error).hasMessageContaining("in its queue are taken: " + HELD + " (send fewer");
  }

  @Test
  void queueTimeoutNamesTheStreams() {
    openTwoStreams();
    CompletableFuture<Reply> queued = harness.sendWithQueueTimeout("a");
    harness.timer.advance(PermitsHarness.QUEUE);
    FetchTimeoutError error = failure(queued, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.QUEUE);
    assertThat(error).hasMessageContaining("[QUEUE], waiting for host a: " + HELD);
  }

  private void openTwoStreams() {
    CompletableFuture<Reply> one = harness.send("a");
    CompletableFuture<Reply> two = harness.send("a");
    harness.next.sent(0).future().complete(open(first));
    harness.next.sent(1).future().complete(open(second));
    assertThat(one).isCompleted();
    assertThat(two).isCompleted();
  }
}
