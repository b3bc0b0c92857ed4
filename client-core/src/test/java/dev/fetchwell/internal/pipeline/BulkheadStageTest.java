package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.internal.pipeline.TestCalls.error;
import static dev.fetchwell.internal.pipeline.TestCalls.open;
import static dev.fetchwell.internal.pipeline.TestCalls.reply;
import static dev.fetchwell.internal.pipeline.TestCalls.settings;
import static dev.fetchwell.internal.pipeline.TestCalls.steady;
import static dev.fetchwell.internal.pipeline.TestCalls.timeouts;
import static dev.fetchwell.internal.pipeline.TestCalls.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.policy.BulkheadLimits;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Two permits for each host, three in all, and four places. */
class BulkheadStageTest {

  private static final Duration QUEUE = Duration.ofSeconds(2);

  private final VirtualTimer timer = new VirtualTimer();
  private final ManualExecutor executor = new ManualExecutor();
  private final ScriptedStage next = new ScriptedStage();
  private final EventRecorder recorder = new EventRecorder();
  private final BulkheadStage stage =
      new BulkheadStage(
          next,
          new Bulkheads(new BulkheadLimits(3, 2, 4), BulkheadRegistry.ofDefaults(), executor));

  @Test
  void callsBeyondTheHostsPermitsWaitInLine() {
    start("a");
    start("a");
    CompletableFuture<Reply> third = send("a");

    assertThat(next.count()).isEqualTo(2);
    assertThat(stage.inFlight()).isEqualTo(2);
    assertThat(stage.queued()).isEqualTo(1);
    assertThat(recorder.events()).containsExactly("queued");

    next.sent(0).future().complete(reply(200));
    executor.runAll();
    assertThat(next.count()).isEqualTo(3);
    assertThat(third).isNotDone();
    assertThat(stage.queued()).isZero();
  }

  @Test
  void callsOfAllHostsShareTheClientsPermits() {
    start("a");
    start("a");
    start("b");
    start("b");

    assertThat(next.count()).isEqualTo(3);
    assertThat(stage.queued()).isEqualTo(1);
  }

  @Test
  void slowHostDoesNotBlockAnotherWithItsWaiters() {
    start("slow");
    start("slow");
    start("slow");
    start("slow");

    start("fast");

    assertThat(next.last().request().uri().hostAndPort()).isEqualTo("fast");
    assertThat(stage.inFlight()).isEqualTo(3);
  }

  @Test
  void portsAreHostsOfTheirOwn() {
    start("a:8080");
    start("a:8080");
    start("a:9090");

    assertThat(next.count()).isEqualTo(3);
  }

  @Test
  void permitIsReturnedWithTheReply() {
    CompletableFuture<Reply> call = send("a");
    next.last().future().complete(reply(200));

    assertThat(call).isCompleted();
    assertAllPermitsAreBack();
  }

  @Test
  void permitIsReturnedBeforeTheReplyIsPassedOn() {
    List<Integer> inFlight = new ArrayList<>();
    var unused = send("a").thenRun(() -> inFlight.add(stage.inFlight()));

    next.last().future().complete(reply(200));

    assertThat(inFlight).containsExactly(0);
  }

  @Test
  void permitIsReturnedWithAnError() {
    CompletableFuture<Reply> call = send("a");
    ClientClosedError error = new ClientClosedError(context("a").facts());

    next.last().future().completeExceptionally(error);

    assertThat(error(call, ClientClosedError.class)).isSameAs(error);
    assertAllPermitsAreBack();
  }

  @Test
  void permitIsReturnedWhenTheNextStageFailsWithSomethingElse() {
    CompletableFuture<Reply> call = send("a");

    next.last().future().completeExceptionally(new IllegalStateException());

    assertThat(error(call, UnexpectedError.class)).hasCauseInstanceOf(IllegalStateException.class);
    assertAllPermitsAreBack();
  }

  @Test
  void permitIsReturnedWhenARunningCallIsCancelled() {
    CompletableFuture<Reply> call = send("a");

    call.cancel(false);

    assertThat(next.last().future()).isCancelled();
    assertAllPermitsAreBack();
  }

  @Test
  void placeIsReturnedWhenAQueuedCallIsCancelled() {
    start("a");
    start("a");
    CompletableFuture<Reply> queued = send("a");

    queued.cancel(false);

    assertThat(queued).isCancelled();
    assertThat(stage.queued()).isZero();
    completeAll();
    assertThat(next.count()).isEqualTo(2);
    assertAllPermitsAreBack();
  }

  @Test
  void hostPermitIsReturnedWhenACallThatWaitsForTheClientsIsCancelled() {
    start("a");
    start("a");
    start("b");
    CompletableFuture<Reply> queued = send("b");
    queued.cancel(false);
    completeAll();

    assertThat(stage.queued()).isZero();
    assertAllPermitsAreBack();
  }

  @Test
  void permitIsReturnedWhenACallIsCancelledDuringItsHandOver() {
    start("a");
    start("a");
    CompletableFuture<Reply> queued = send("a");
    next.sent(0).future().complete(reply(200));

    queued.cancel(false);
    executor.runAll();

    assertThat(next.count()).isEqualTo(2);
    completeAll();
    assertAllPermitsAreBack();
  }

  @Test
  void queueTimeoutFailsTheCallAndGivesUpItsPlace() {
    start("a");
    start("a");
    CompletableFuture<Reply> queued = sendWithQueueTimeout("a");

    timer.advance(QUEUE.minusMillis(1));
    assertThat(queued).isNotDone();
    timer.advance(Duration.ofMillis(1));

    FetchTimeoutError error = error(queued, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.QUEUE);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(error).hasMessageContaining("waiting for a permit took longer than 2000 ms");
    assertThat(stage.queued()).isZero();
    assertThat(timer.pending()).isZero();
    completeAll();
    assertAllPermitsAreBack();
  }

  @Test
  void queueTimeoutIsCancelledWhenThePermitComes() {
    start("a");
    start("a");
    CompletableFuture<Reply> queued = sendWithQueueTimeout("a");
    assertThat(timer.pending()).isEqualTo(1);

    completeAll();

    assertThat(timer.pending()).isZero();
    assertThat(queued).isCompleted();
  }

  @Test
  void callBeyondAllPlacesIsRejectedAtOnceAndNeverSent() {
    for (int i = 0; i < 6; i++) {
      start("a");
    }

    CompletableFuture<Reply> rejected = send("a");

    BulkheadFullError error = error(rejected, BulkheadFullError.class);
    assertThat(error)
        .hasMessageContaining(
            "bulkhead full: all permits of host a and all places in the queue are taken");
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(error.attempts()).isZero();
    assertThat(next.count()).isEqualTo(2);
    completeAll();
    assertThat(next.count()).isEqualTo(6);
    assertAllPermitsAreBack();
  }

  @Test
  void hostPermitIsReturnedWhenTheClientsQueueIsFull() {
    for (int i = 0; i < 3; i++) {
      start(i < 2 ? "a" : "b");
    }
    for (int i = 0; i < 4; i++) {
      start("a");
    }

    CompletableFuture<Reply> rejected = send("c");

    assertThat(error(rejected, BulkheadFullError.class)).hasMessageContaining("of the client");
    completeAll();
    assertAllPermitsAreBack();
    start("c");
    start("c");
    assertThat(stage.inFlight()).isEqualTo(2);
  }

  @Test
  void executorThatRejectsFailsTheQueuedCallAndKeepsThePermits() {
    start("a");
    start("a");
    CompletableFuture<Reply> queued = send("a");
    executor.reject(true);

    next.sent(0).future().complete(reply(200));

    assertThat(error(queued, UnexpectedError.class))
        .hasCauseInstanceOf(RejectedExecutionException.class);
    next.sent(1).future().complete(reply(200));
    assertAllPermitsAreBack();
  }

  @Test
  void streamedReplyHoldsItsPermitsUntilItsBodyEnds() {
    TestBody body = new TestBody();
    CompletableFuture<Reply> call = send("a");
    next.last().future().complete(open(body));
    assertThat(call).isCompleted();
    assertThat(stage.inFlight()).isEqualTo(1);

    start("a");
    CompletableFuture<Reply> queued = send("a");
    assertThat(stage.queued()).isEqualTo(1);
    body.end();
    executor.runAll();

    assertThat(stage.queued()).isZero();
    completeAll();
    assertThat(queued).isCompleted();
    assertAllPermitsAreBack();
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
            new Bulkheads(BulkheadLimits.standard(), BulkheadRegistry.ofDefaults(), executor));
    CompletableFuture<Reply> call = other.send(to("http://a/", "GET"), context("a"));
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
        new BulkheadStage(failing, new Bulkheads(narrow, BulkheadRegistry.ofDefaults(), executor));
    CompletableFuture<Reply> first = crowded.send(to("http://a/", "GET"), context("a"));
    failing.always(TestCalls.fails(500));
    List<CompletableFuture<Reply>> waiting = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      waiting.add(crowded.send(to("http://a/", "GET"), context("a")));
    }

    first.cancel(false);
    executor.runAll();

    assertThat(waiting).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(crowded.inFlight()).isZero();
    assertThat(crowded.queued()).isZero();
  }

  private CompletableFuture<Reply> send(String host) {
    return stage.send(to("http://" + host + "/", "GET"), context(host));
  }

  private void start(String host) {
    var unused = send(host);
  }

  private CompletableFuture<Reply> sendWithQueueTimeout(String host) {
    FetchRequest request = to("http://" + host + "/", "GET");
    CallSettings settings =
        settings(timeouts(Duration.ofSeconds(30), Duration.ofSeconds(10), QUEUE), steady().build());
    return stage.send(request, TestCalls.context(request, settings, timer, recorder));
  }

  private CallContext context(String host) {
    return TestCalls.context(to("http://" + host + "/", "GET"), settings(), timer, recorder);
  }

  private void completeAll() {
    for (int i = 0; i < next.count(); i++) {
      next.sent(i).future().complete(reply(200));
      executor.runAll();
    }
  }

  private void assertAllPermitsAreBack() {
    assertThat(stage.inFlight()).isZero();
    assertThat(stage.queued()).isZero();
    int before = next.count();
    start("a");
    start("a");
    start("b");
    assertThat(next.count()).isEqualTo(before + 3);
    assertThat(stage.queued()).isZero();
    for (int i = before; i < next.count(); i++) {
      next.sent(i).future().complete(reply(200));
    }
    assertThat(stage.inFlight()).isZero();
  }
}
