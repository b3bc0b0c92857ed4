package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.internal.pipeline.TestCalls.error;
import static dev.fetchwell.internal.pipeline.TestCalls.open;
import static dev.fetchwell.internal.pipeline.TestCalls.reply;
import static dev.fetchwell.internal.pipeline.TestCalls.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.policy.BulkheadLimits;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Permits, from the way in to the way out. */
class BulkheadStageTest {

  private final BulkheadHarness bulkhead = new BulkheadHarness();

  @Test
  void callsBeyondTheHostsPermitsWaitInLine() {
    bulkhead.start("a");
    bulkhead.start("a");
    CompletableFuture<Reply> third = bulkhead.send("a");

    assertThat(bulkhead.next.count()).isEqualTo(2);
    assertThat(bulkhead.stage.inFlight()).isEqualTo(2);
    assertThat(bulkhead.stage.queued()).isEqualTo(1);
    assertThat(bulkhead.recorder.events()).containsExactly("queued");

    bulkhead.next.sent(0).future().complete(reply(200));
    bulkhead.executor.runAll();
    assertThat(bulkhead.next.count()).isEqualTo(3);
    assertThat(third).isNotDone();
    assertThat(bulkhead.stage.queued()).isZero();
  }

  @Test
  void callsOfAllHostsShareTheClientsPermits() {
    bulkhead.start("a");
    bulkhead.start("a");
    bulkhead.start("b");
    bulkhead.start("b");

    assertThat(bulkhead.next.count()).isEqualTo(3);
    assertThat(bulkhead.stage.queued()).isEqualTo(1);
  }

  @Test
  void slowHostDoesNotBlockAnotherWithItsWaiters() {
    bulkhead.start("slow");
    bulkhead.start("slow");
    bulkhead.start("slow");
    bulkhead.start("slow");

    bulkhead.start("fast");

    assertThat(bulkhead.next.last().request().uri().hostAndPort()).isEqualTo("fast");
    assertThat(bulkhead.stage.inFlight()).isEqualTo(3);
  }

  @Test
  void portsAreHostsOfTheirOwn() {
    bulkhead.start("a:8080");
    bulkhead.start("a:8080");
    bulkhead.start("a:9090");

    assertThat(bulkhead.next.count()).isEqualTo(3);
  }

  @Test
  void permitIsReturnedWithTheReply() {
    CompletableFuture<Reply> call = bulkhead.send("a");
    bulkhead.next.last().future().complete(reply(200));

    assertThat(call).isCompleted();
    bulkhead.assertAllPermitsAreBack();
  }

  @Test
  void permitIsReturnedBeforeTheReplyIsPassedOn() {
    List<Integer> inFlight = new ArrayList<>();
    var unused = bulkhead.send("a").thenRun(() -> inFlight.add(bulkhead.stage.inFlight()));

    bulkhead.next.last().future().complete(reply(200));

    assertThat(inFlight).containsExactly(0);
  }

  @Test
  void permitIsReturnedWithAnError() {
    CompletableFuture<Reply> call = bulkhead.send("a");
    ClientClosedError error = new ClientClosedError(bulkhead.context("a").facts());

    bulkhead.next.last().future().completeExceptionally(error);

    assertThat(error(call, ClientClosedError.class)).isSameAs(error);
    bulkhead.assertAllPermitsAreBack();
  }

  @Test
  void permitIsReturnedWhenTheNextStageFailsWithSomethingElse() {
    CompletableFuture<Reply> call = bulkhead.send("a");

    bulkhead.next.last().future().completeExceptionally(new IllegalStateException());

    assertThat(error(call, UnexpectedError.class)).hasCauseInstanceOf(IllegalStateException.class);
    bulkhead.assertAllPermitsAreBack();
  }

  @Test
  void permitIsReturnedWhenARunningCallIsCancelled() {
    CompletableFuture<Reply> call = bulkhead.send("a");

    call.cancel(false);

    assertThat(bulkhead.next.last().future()).isCancelled();
    bulkhead.assertAllPermitsAreBack();
  }

  @Test
  void permitIsReturnedWhenACallIsCancelledDuringItsHandOver() {
    bulkhead.start("a");
    bulkhead.start("a");
    CompletableFuture<Reply> queued = bulkhead.send("a");
    bulkhead.next.sent(0).future().complete(reply(200));

    queued.cancel(false);
    bulkhead.executor.runAll();

    assertThat(bulkhead.next.count()).isEqualTo(2);
    bulkhead.completeAll();
    bulkhead.assertAllPermitsAreBack();
  }

  @Test
  void streamedReplyHoldsItsPermitsUntilItsBodyEnds() {
    TestBody body = new TestBody();
    CompletableFuture<Reply> call = bulkhead.send("a");
    bulkhead.next.last().future().complete(open(body));
    assertThat(call).isCompleted();
    assertThat(bulkhead.stage.inFlight()).isEqualTo(1);

    bulkhead.start("a");
    CompletableFuture<Reply> queued = bulkhead.send("a");
    assertThat(bulkhead.stage.queued()).isEqualTo(1);
    body.end();
    bulkhead.executor.runAll();

    assertThat(bulkhead.stage.queued()).isZero();
    bulkhead.completeAll();
    assertThat(queued).isCompleted();
    bulkhead.assertAllPermitsAreBack();
  }

  @Test
  void streamedReplyThatComesTooLateIsDiscarded() {
    TestBody body = new TestBody();
    CompletableFuture<Reply> deaf =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean mayInterrupt) {
            return false;
          }
        };
    BulkheadStage other =
        new BulkheadStage(
            (r, c) -> deaf,
            new Bulkheads(
                BulkheadLimits.standard(), BulkheadRegistry.ofDefaults(), bulkhead.executor));
    CompletableFuture<Reply> call = other.send(to("http://a/", "GET"), bulkhead.context("a"));
    call.cancel(false);
    assertThat(other.inFlight()).isEqualTo(1);

    deaf.complete(open(body));

    assertThat(body.cancelled()).isTrue();
    assertThat(other.inFlight()).isZero();
  }

  @Test
  void twentyThousandWaitersThatFailSynchronouslyDoNotNest() {
    BulkheadLimits narrow = new BulkheadLimits(1, 1, 20_000);
    ScriptedStage failing = new ScriptedStage();
    BulkheadStage crowded =
        new BulkheadStage(
            failing, new Bulkheads(narrow, BulkheadRegistry.ofDefaults(), bulkhead.executor));
    CompletableFuture<Reply> first = crowded.send(to("http://a/", "GET"), bulkhead.context("a"));
    failing.always(TestCalls.fails(500));
    List<CompletableFuture<Reply>> waiting = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      waiting.add(crowded.send(to("http://a/", "GET"), bulkhead.context("a")));
    }

    first.cancel(false);
    bulkhead.executor.runAll();

    assertThat(waiting).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(crowded.inFlight()).isZero();
    assertThat(crowded.queued()).isZero();
  }
}
