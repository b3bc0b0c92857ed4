package dev.fetchwell.internal.pipeline.permits;

import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.open;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.LimitChanged;
import dev.fetchwell.policy.AdaptiveLimit;
import dev.fetchwell.testkit.ScriptedStage.Answer;
import dev.fetchwell.testkit.ScriptedStage.Sent;
import dev.fetchwell.testkit.TestBody;
import dev.fetchwell.testkit.TestCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Permits of hosts whose limits adapt: what counts, and what follows. */
class AdaptivePermitsTest {

  private static final int FIRST = GradientLimit.INITIAL;
  private static final Duration WINDOW = Duration.ofMillis(150);

  private final PermitsHarness harness =
      new PermitsHarness(new PermitLimits(200, 64, 200, 200), AdaptiveLimit.standard());

  private final List<LimitChanged> changes = new ArrayList<>();
  private final CallListener listener =
      new CallListener() {
        @Override
        public void limitChanged(LimitChanged event) {
          changes.add(event);
        }
      };

  @Test
  void callsBeyondTheLimitWaitAndAreResumedInTheirOrderWhenItRises() {
    start("a", 60);
    assertThat(harness.next.count()).isEqualTo(FIRST);
    assertThat(harness.permits.queued()).isEqualTo(60 - FIRST);

    answerAll(200, WINDOW);

    assertThat(limit("a")).isEqualTo(2 * FIRST);
    harness.executor.runAll();
    assertThat(harness.next.count()).isEqualTo(FIRST + 2 * FIRST);
  }

  @Test
  void callsThatRunKeepTheirPermitsWhenTheLimitFalls() {
    List<CompletableFuture<Reply>> calls = start("a", FIRST + 10);
    harness.timer.advance(WINDOW);
    for (int i = 0; i < 10; i++) {
      answer(harness.next.sent(i), 503);
    }
    harness.executor.runAll();
    int running = harness.permits.inFlight();

    answerAll(503, WINDOW);

    assertThat(running).isEqualTo(FIRST);
    assertThat(limit("a")).isLessThan(FIRST);
    assertThat(calls).allMatch(CompletableFuture::isDone);
    harness.assertNothingIsHeld();
  }

  @Test
  void eachHostHasALimitOfItsOwn() {
    start("a", FIRST);
    start("b", FIRST);
    harness.timer.advance(WINDOW);
    for (int i = 0; i < FIRST; i++) {
      answer(harness.next.sent(i), 503);
    }

    assertThat(harness.permits.adaptiveLimits()).isEqualTo(Map.of("a", FIRST / 2, "b", FIRST));
  }

  @Test
  void withoutItNoLimitIsTold() {
    PermitsHarness fixed = new PermitsHarness();
    fixed.start("a");

    assertThat(fixed.permits.adaptiveLimits()).isEmpty();
  }

  /** What an attempt ended with, and where the limit is after a window of them. */
  record End(String name, int limit, Answer how) {

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<End> ends() {
    int less = FIRST / 2;
    return Stream.of(
        new End("200", 2 * FIRST, (request, context) -> reply(200)),
        new End("304", 2 * FIRST, (request, context) -> reply(304)),
        new End("404", FIRST, (request, context) -> reply(404)),
        new End("500", FIRST, (request, context) -> reply(500)),
        new End("502", FIRST, (request, context) -> reply(502)),
        new End("429", less, (request, context) -> reply(429)),
        new End("503", less, (request, context) -> reply(503)),
        new End("504", less, (request, context) -> reply(504)),
        new End("refused", less, connection(ConnectionError.Kind.CONNECT)),
        new End("no such name", FIRST, connection(ConnectionError.Kind.DNS)),
        new End("TLS", FIRST, connection(ConnectionError.Kind.TLS)),
        new End("malformed", FIRST, connection(ConnectionError.Kind.PROTOCOL)),
        new End("reset", less, connection(ConnectionError.Kind.RESET)),
        new End(
            "reset of a connection that was idle",
            FIRST,
            (request, context) -> {
              context.attempt().markLostReusedConnection();
              throw new ConnectionError(ConnectionError.Kind.RESET, "", context.facts(), null);
            }),
        new End(
            "not processed",
            FIRST,
            (request, context) -> {
              context.attempt().markRefused();
              throw new ConnectionError(ConnectionError.Kind.RESET, "", context.facts(), null);
            }),
        new End("attempt timeout", less, timeout(FetchTimeoutError.Phase.ATTEMPT)),
        new End("connect timeout", less, timeout(FetchTimeoutError.Phase.CONNECT)),
        new End(
            "body that breaks off",
            2 * FIRST,
            (request, context) -> {
              context.attempt().markStatus(200);
              throw new ConnectionError(ConnectionError.Kind.RESET, "", context.facts(), null);
            }));
  }

  private static Answer connection(ConnectionError.Kind kind) {
    return (request, context) -> {
      throw new ConnectionError(kind, "", context.facts(), null);
    };
  }

  private static Answer timeout(FetchTimeoutError.Phase phase) {
    return (request, context) -> {
      throw new FetchTimeoutError(phase, Duration.ofSeconds(1), context.facts(), null);
    };
  }

  @ParameterizedTest
  @MethodSource("ends")
  void limitFollowsWhatSaysSomethingAboutTheLoadAndNothingElse(End end) {
    List<CallContext> contexts = new ArrayList<>();
    for (int i = 0; i < FIRST; i++) {
      CallContext context = harness.context("a", listener);
      contexts.add(context);
      var unused = harness.send(context);
    }
    sendAll();
    harness.timer.advance(WINDOW);
    for (int i = 0; i < FIRST; i++) {
      Sent sent = harness.next.sent(i);
      sent.attempt().markAnsweredAt(harness.timer.nanoTime());
      try {
        Reply reply = end.how().to(sent.request(), contexts.get(i));
        sent.attempt().markStatus(reply.status());
        sent.future().complete(reply);
      } catch (RuntimeException error) {
        sent.future().completeExceptionally(error);
      }
    }

    assertThat(limit("a")).isEqualTo(end.limit());
    assertThat(changes)
        .extracting(LimitChanged::host, LimitChanged::from, LimitChanged::to)
        .isEqualTo(end.limit() == FIRST ? List.of() : List.of(tuple("a", FIRST, end.limit())));
  }

  @Test
  void cancelledCallsSayNothing() {
    List<CompletableFuture<Reply>> calls = start("a", FIRST);
    sendAll();
    harness.timer.advance(WINDOW);

    calls.forEach(call -> call.cancel(false));

    assertThat(limit("a")).isEqualTo(FIRST);
    harness.assertNothingIsHeld();
  }

  @Test
  void callsThatEndAtTheirDeadlineAreASignOfOverload() {
    List<CompletableFuture<Reply>> calls = start("a", FIRST);
    sendAll();
    harness.timer.advance(Duration.ofSeconds(31));

    // As the deadline does, from above.
    calls.forEach(call -> call.cancel(false));

    assertThat(limit("a")).isEqualTo(FIRST / 2);
    assertThat(changes).isEmpty();
    start("a", 1);
    assertThat(changes).extracting(LimitChanged::to).containsExactly(FIRST / 2);
  }

  @Test
  void openStreamsLeaveTheLimitToOtherCalls() {
    List<TestBody> bodies = new ArrayList<>();
    for (int i = 0; i < 63; i++) {
      var unused = harness.send("a");
      TestBody body = new TestBody();
      bodies.add(body);
      harness.next.last().future().complete(open(body));
    }
    assertThat(limit("a")).isEqualTo(FIRST);
    start("a", 3);
    assertThat(harness.permits.inFlight()).as("no more than per host").isEqualTo(64);

    bodies.forEach(TestBody::end);
    harness.executor.runAll();
    assertThat(harness.permits.inFlight()).isEqualTo(3);
    start("a", FIRST);
    assertThat(harness.permits.inFlight()).isEqualTo(FIRST);
    answerAll(200, Duration.ZERO);
    harness.assertNothingIsHeld();
  }

  @Test
  void twinFollowsTheLimitAsPermitsComeBack() {
    start("a", FIRST);
    assertThat(harness.twin("a").getMaxAllowedConcurrentCalls()).isEqualTo(FIRST);
    answerAll(503, WINDOW);
    harness.executor.runAll();
    assertThat(harness.twin("a").getMaxAllowedConcurrentCalls()).isEqualTo(FIRST / 2);

    start("a", FIRST / 2);
    for (int i = 0; i < 5; i++) {
      answerAll(503, WINDOW);
      start("a", FIRST / 2);
    }
    harness.completeAll();
    harness.executor.runAll();

    assertThat(harness.twin("a").getMaxAllowedConcurrentCalls()).isEqualTo(limit("a"));
    harness.assertNothingIsHeld();
  }

  @Test
  void twinWhosePermitsAreOutIsLoweredWithoutWaitingForThem() {
    List<CompletableFuture<Reply>> calls = start("a", 2 * FIRST);
    harness.timer.advance(WINDOW);
    for (int i = 0; i < FIRST; i++) {
      answer(harness.next.sent(i), 503);
      harness.executor.runAll();
    }
    assertThat(limit("a")).isEqualTo(FIRST / 2);
    assertThat(harness.permits.inFlight()).isEqualTo(FIRST - 1);
    assertThat(harness.twin("a").getMaxAllowedConcurrentCalls()).isEqualTo(FIRST - 1);

    harness.completeAll();
    harness.executor.runAll();

    assertThat(calls).allMatch(CompletableFuture::isDone);
    assertThat(harness.twin("a").getMaxAllowedConcurrentCalls()).isEqualTo(limit("a"));
  }

  @Test
  void errorOfAFullHostSaysThatItsLimitIsLow() {
    PermitsHarness full =
        new PermitsHarness(new PermitLimits(64, 64, 0, 0), AdaptiveLimit.between(2, 40));
    for (int i = 0; i < FIRST; i++) {
      full.start("a");
    }

    assertThat(failure(full.send("a"), BulkheadFullError.class))
        .hasMessageContaining("host a (16 now by its adaptive limit, not 64)");
  }

  @Test
  void listenerThatThrowsChangesNothing() {
    start("a", FIRST);
    CallContext context =
        TestCalls.context(
            TestCalls.to("http://a/", "GET"),
            options(),
            ReplyReaders.BYTES,
            harness.platform,
            new CallListener() {
              @Override
              public void limitChanged(LimitChanged event) {
                throw new StackOverflowError("expected in the log of this test");
              }
            });
    context.beginAttempt(false, false);
    harness.timer.advance(Duration.ofSeconds(1));
    for (int i = 0; i < FIRST - 1; i++) {
      answer(harness.next.sent(i), 503);
    }
    CompletableFuture<Reply> call = harness.send(context);
    harness.executor.runAll();
    answerAll(200, WINDOW);

    assertThat(call).isCompletedWithValueMatching(reply -> reply.status() == 200);
    harness.assertNothingIsHeld();
  }

  private List<CompletableFuture<Reply>> start(String host, int calls) {
    List<CompletableFuture<Reply>> started = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      started.add(harness.send(harness.context(host, listener)));
    }
    return started;
  }

  private int limit(String host) {
    return harness.permits.adaptiveLimits().getOrDefault(host, 0);
  }

  private void sendAll() {
    for (int i = 0; i < harness.next.count(); i++) {
      harness.next.sent(i).attempt().markSent();
      harness.next.sent(i).attempt().markSentAt(harness.timer.nanoTime());
    }
  }

  /** All that are on the wire now are answered after a time. */
  private void answerAll(int status, Duration after) {
    int count = harness.next.count();
    sendAll();
    harness.timer.advance(after);
    for (int i = 0; i < count; i++) {
      answer(harness.next.sent(i), status);
    }
  }

  private void answer(Sent sent, int status) {
    if (!sent.future().isDone()) {
      sent.attempt().markSent();
      sent.attempt().markAnsweredAt(harness.timer.nanoTime());
      sent.attempt().markStatus(status);
      sent.future().complete(reply(status));
    }
  }
}
