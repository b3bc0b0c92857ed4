package dev.fetchwell.internal.pipeline.permits;

import static dev.fetchwell.testkit.Answers.replies;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.open;
import static dev.fetchwell.testkit.TestCalls.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.ScriptedStage.Sent;
import dev.fetchwell.testkit.TestBody;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.bulkhead.event.BulkheadEvent;
import io.github.resilience4j.core.EventConsumer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What resilience4j's registry shows of the permits, and what its users can do to them. */
class BulkheadTwinTest {

  /** A way for a call to end that holds its permits. */
  record End(String name, BiConsumer<CompletableFuture<Reply>, Sent> how) {

    @Override
    public String toString() {
      return name;
    }
  }

  private final PermitsHarness harness = new PermitsHarness(new PermitLimits(3, 1, 0, 0));
  private final BulkheadRegistry registry = harness.registry;

  @Test
  void eachHostAndAllOfThemHaveATwinWithTheSamePermits() {
    harness.start("a");
    harness.start("b:8080");

    assertThat(registry.getAllBulkheads())
        .extracting(Bulkhead::getName)
        .containsExactlyInAnyOrder("a", "b:8080", Hosts.ALL);
    assertThat(harness.twin("a").getMaxAllowedConcurrentCalls()).isEqualTo(1);
    assertThat(harness.twin("a").getAvailableConcurrentCalls()).isZero();
    assertThat(harness.twin(Hosts.ALL).getMaxAllowedConcurrentCalls()).isEqualTo(3);
    assertThat(harness.twin(Hosts.ALL).getAvailableConcurrentCalls()).isEqualTo(1);
  }

  static Stream<End> ends() {
    return Stream.of(
        new End("reply", (call, sent) -> sent.future().complete(reply(200))),
        new End("reply with an error", (call, sent) -> sent.future().complete(reply(503))),
        new End(
            "failure",
            (call, sent) -> sent.future().completeExceptionally(new IllegalStateException())),
        new End("cancel", (call, sent) -> call.cancel(false)),
        new End("cancel below", (call, sent) -> sent.future().cancel(false)),
        new End("time", (call, sent) -> call.completeExceptionally(new IllegalStateException())),
        new End("value from above", (call, sent) -> call.complete(reply(200))),
        new End(
            "end of the body",
            (call, sent) -> {
              TestBody body = new TestBody();
              sent.future().complete(open(body));
              body.end();
            }),
        new End(
            "cancel of the body",
            (call, sent) -> {
              sent.future().complete(open(new TestBody()));
              call.join().cancel();
            }),
        new End(
            "cancel in the exchange",
            (call, sent) -> {
              sent.attempt().exchangeBegins();
              call.cancel(false);
              sent.attempt().exchangeReturned();
            }));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void twinsGetTheirPermitsBackHoweverTheCallEnds(End end) {
    CompletableFuture<Reply> call = harness.send("a");
    assertThat(harness.twin("a").getAvailableConcurrentCalls()).isZero();

    end.how().accept(call, harness.next.last());

    assertThat(call).isDone();
    harness.assertNothingIsHeld();
  }

  @Test
  void twinsPublishWhatHappened() {
    List<String> published = new ArrayList<>();
    consume(event -> published.add(event.getBulkheadName() + " " + event.getEventType()));
    harness.start("a");
    CompletableFuture<Reply> rejected = harness.send("a");
    harness.next.last().future().complete(reply(200));

    assertThat(failure(rejected, BulkheadFullError.class)).isNotNull();
    assertThat(published)
        .containsExactlyInAnyOrder(
            "a CALL_PERMITTED",
            "all CALL_PERMITTED",
            "a CALL_REJECTED",
            "a CALL_FINISHED",
            "all CALL_FINISHED");
    harness.assertNothingIsHeld();
  }

  @Test
  void twinsWhosePermitsForeignCodeTookRefuseNoCallAndGetNoneBackForIt() {
    harness.next.always(replies(200));
    assertThat(harness.send("a")).isCompleted();
    assertThat(registry.bulkhead("a").tryAcquirePermission()).isTrue();
    for (int i = 0; i < 3; i++) {
      assertThat(registry.bulkhead(Hosts.ALL).tryAcquirePermission()).isTrue();
    }

    assertThat(harness.send("a")).isCompleted();

    assertThat(harness.twin("a").getAvailableConcurrentCalls()).isZero();
    assertThat(harness.twin(Hosts.ALL).getAvailableConcurrentCalls()).isZero();
    registry.bulkhead("a").releasePermission();
    for (int i = 0; i < 3; i++) {
      registry.bulkhead(Hosts.ALL).releasePermission();
    }
    harness.assertNothingIsHeld();
  }

  @Test
  void twinWhoseLimitForeignCodeLoweredRefusesNoCall() {
    harness.start("a");
    registry
        .bulkhead(Hosts.ALL)
        .changeConfig(
            BulkheadConfig.custom().maxConcurrentCalls(1).maxWaitDuration(Duration.ZERO).build());

    harness.start("b");
    harness.start("c");

    assertThat(harness.next.count()).isEqualTo(3);
    harness.completeAll();
    harness.assertNothingIsHeld();
  }

  @Test
  void eventConsumerThatThrowsChangesNothingAboutTheCall() {
    consume(
        event -> {
          throw new IllegalStateException("expected in the log of this test");
        });
    harness.next.always(replies(200));

    for (int i = 0; i < 5; i++) {
      assertThat(harness.send("a")).isCompletedWithValueMatching(reply -> reply.status() == 200);
    }
    harness.assertNothingIsHeld();
  }

  @Test
  void eventConsumerThatThrowsAnErrorLosesNoPermit() {
    consume(
        event -> {
          throw new StackOverflowError("expected in the log of this test");
        });

    CompletableFuture<Reply> replied = harness.send("a");
    harness.next.last().future().complete(reply(200));
    CompletableFuture<Reply> cancelled = harness.send("a");
    cancelled.cancel(false);
    CompletableFuture<Reply> failed = harness.send("a");
    harness.next.last().future().completeExceptionally(new IllegalStateException());

    assertThat(replied).isCompletedWithValueMatching(reply -> reply.status() == 200);
    assertThat(failed).isCompletedExceptionally();
    assertThat(harness.next.count()).isEqualTo(3);
    harness.assertNothingIsHeld();
  }

  @Test
  void eventConsumerThatThrowsAtARejectionMakesUpNoPermit() {
    consume(
        event -> {
          throw new IllegalStateException("expected in the log of this test");
        });
    harness.start("a");

    assertThat(failure(harness.send("a"), BulkheadFullError.class)).isNotNull();

    assertThat(harness.twin("a").getAvailableConcurrentCalls()).isZero();
    assertThat(harness.twin(Hosts.ALL).getAvailableConcurrentCalls()).isEqualTo(2);
    harness.completeAll();
    harness.assertNothingIsHeld();
  }

  @Test
  void eventConsumerThatThrowsWhereTheTwinHasNoPermitMakesUpNone() {
    harness.next.always(replies(200));
    assertThat(harness.send("a")).isCompleted();
    assertThat(registry.bulkhead("a").tryAcquirePermission()).isTrue();
    registry
        .bulkhead("a")
        .getEventPublisher()
        .onEvent(
            event -> {
              throw new IllegalStateException("expected in the log of this test");
            });

    assertThat(harness.send("a")).isCompleted();

    assertThat(harness.twin("a").getAvailableConcurrentCalls()).isZero();
  }

  @Test
  void consumerThatThrowsAtANewTwinChangesNothingAboutTheCall() {
    registry
        .getEventPublisher()
        .onEntryAdded(
            added -> {
              throw new IllegalStateException("expected in the log of this test");
            });
    harness.next.always(replies(200));

    assertThat(harness.send("a")).isCompletedWithValueMatching(reply -> reply.status() == 200);
    assertThat(harness.permits.inFlight()).isZero();
    assertThat(harness.send("a")).isCompletedWithValueMatching(reply -> reply.status() == 200);
  }

  @Test
  void interruptedCallerIsAdmittedAndStaysInterrupted() {
    Thread.currentThread().interrupt();

    CompletableFuture<Reply> call = harness.send("a");

    assertThat(Thread.interrupted()).isTrue();
    assertThat(call).isNotDone();
    assertThat(harness.next.count()).isEqualTo(1);
    assertThat(harness.twin("a").getAvailableConcurrentCalls()).isZero();
    harness.completeAll();
    harness.assertNothingIsHeld();
  }

  @Test
  void interruptedCallerThatIsRejectedStaysInterrupted() {
    harness.start("a");
    Thread.currentThread().interrupt();

    CompletableFuture<Reply> rejected = harness.send("a");

    assertThat(Thread.interrupted()).isTrue();
    FetchError error = failure(rejected, BulkheadFullError.class);
    assertThat(error).hasMessageContaining("all permits of host a");
  }

  @Test
  void hostNamedLikeTheTwinOfAllHasATwinOfItsOwn() {
    harness.start("a");

    CompletableFuture<Reply> call = harness.send("all");

    assertThat(call).isNotDone();
    assertThat(harness.permits.inFlight()).isEqualTo(2);
    assertThat(harness.twin(Hosts.ALL).getAvailableConcurrentCalls()).isEqualTo(1);
  }

  /** As after a timeout, whose thread must not run consumers. */
  @Test
  void permitOnItsWayBackToTheTwinHoldsUpNoCall() {
    ManualExecutor continuations = new ManualExecutor();
    Platform platform =
        new Platform(
            Runnable::run,
            continuations,
            new VirtualTimer(),
            InstantSource.fixed(Instant.EPOCH),
            new Random(1));
    Permits permits = new Permits(new PermitLimits(1, 1, 0, 0), null, registry, platform);
    Stage stage = permits.layer().around(harness.next);
    for (int i = 0; i < 3; i++) {
      CallContext context = harness.context("b");
      CompletableFuture<Reply> call = stage.send(context.request(), context);
      harness.next.last().future().complete(reply(200));
      assertThat(call).isCompleted();
    }
    assertThat(harness.next.count()).isEqualTo(3);

    continuations.runAll();

    harness.assertNothingIsHeld();
  }

  /** Hears all events of twins that are made from now on, and of the one of all. */
  private void consume(EventConsumer<BulkheadEvent> consumer) {
    registry.bulkhead(Hosts.ALL).getEventPublisher().onEvent(consumer);
    registry
        .getEventPublisher()
        .onEntryAdded(added -> added.getAddedEntry().getEventPublisher().onEvent(consumer));
  }
}
