package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.observe.AttemptStarted;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.CallStarted;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testkit.TestCalls;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallEventsTest {

  private static final CallInfo CALL = new CallInfo(1, "GET", TestCalls.URL, "h", "tag");

  private final CallCounts counts = new CallCounts();
  private final EventRecorder recorder = new EventRecorder();
  private final VirtualTimer timer = new VirtualTimer();
  private final CallContext context = TestCalls.context(request("GET"), options(), timer);
  private final FetchError error =
      new ClientClosedError(new CallFacts("GET", "https://h/", 0, Duration.ZERO, false));

  @Test
  void listenerThatThrowsTouchesNeitherTheCallNorTheOtherListeners() {
    CallListener throwing =
        new CallListener() {
          @Override
          public void callStarted(CallStarted event) {
            throw new IllegalStateException("expected in the log of this test");
          }

          @Override
          public void callEnded(CallEnded event) {
            throw new NoClassDefFoundError("expected in the log of this test");
          }
        };
    CallEvents events = events(throwing, recorder);

    events.callStarted();
    events.callEnded(context, null);

    assertThat(recorder.events()).containsExactly("callStarted", "callEnded 0");
  }

  @Test
  void eventsReachEveryListenerInOrder() {
    EventRecorder second = new EventRecorder();
    CallEvents events = events(recorder, second);

    events.callStarted();
    events.queued();
    events.attemptStarted(1);
    events.attemptEnded(new Attempt(1, false, false, WireTrace.NONE), 0, error);
    events.retryScheduled(2, Duration.ofMillis(5), error);
    events.callCancelled(Duration.ZERO);

    assertThat(recorder.events())
        .containsExactly(
            "callStarted",
            "queued",
            "attemptStarted 1",
            "attemptEnded 1 0 ClientClosedError",
            "retryScheduled 2 ClientClosedError",
            "callCancelled");
    assertThat(recorder.delays()).containsExactly(Duration.ofMillis(5));
    assertThat(second.events()).isEqualTo(recorder.events());
  }

  @Test
  void listenerWithoutMethodsHearsAllInSilence() {
    CallEvents events = events(new CallListener() {});

    events.callStarted();
    events.queued();
    events.attemptStarted(1);
    events.attemptEnded(new Attempt(1, false, false, WireTrace.NONE), 200, null);
    events.retryScheduled(2, Duration.ZERO, error);
    events.callEnded(context, null);
    events.callCancelled(Duration.ZERO);
  }

  @Test
  void callIsNotDescribedWhereNobodyListens() {
    CallEvents events =
        CallEvents.of(
            () -> {
              throw new AssertionError("asked for");
            },
            List.of(),
            counts);

    events.callStarted();
    events.attemptStarted(1);
    events.callEnded(context, null);

    assertThat(counts.calls()).isEqualTo(1);
    assertThat(counts.attempts()).isEqualTo(1);
  }

  @Test
  void eventsAreCounted() {
    CallEvents events = events(recorder);

    events.callStarted();
    events.attemptStarted(1);
    events.retryScheduled(2, Duration.ZERO, error);
    events.attemptStarted(2);
    events.callEnded(context, error);
    CallEvents cancelled = events();
    cancelled.callStarted();
    cancelled.callCancelled(Duration.ZERO);

    assertThat(counts.calls()).isEqualTo(2);
    assertThat(counts.attempts()).isEqualTo(2);
    assertThat(counts.retries()).isEqualTo(1);
    assertThat(counts.failures()).isEqualTo(1);
  }

  @Test
  void allEventsOfOneCallCarryTheSameDescription() {
    List<CallInfo> calls = new ArrayList<>();
    CallListener listener =
        new CallListener() {
          @Override
          public void callStarted(CallStarted event) {
            calls.add(event.call());
          }

          @Override
          public void callEnded(CallEnded event) {
            calls.add(event.call());
          }
        };
    CallEvents events =
        CallEvents.of(
            () -> new CallInfo(7, "GET", TestCalls.URL, "h", ""), List.of(listener), counts);

    events.callStarted();
    events.callEnded(context, null);

    assertThat(calls).hasSize(2).allSatisfy(call -> assertThat(call).isSameAs(calls.get(0)));
  }

  @Test
  void endTellsWhatBecameOfTheCall() {
    List<CallEnded> ends = new ArrayList<>();
    CallListener listener =
        new CallListener() {
          @Override
          public void callEnded(CallEnded event) {
            ends.add(event);
          }
        };
    Attempt attempt = context.beginAttempt(false, false);
    attempt.markProtocol("h2");
    attempt.markStatus(503);
    attempt.markReceived(7);
    attempt.markWritten(3);
    context.addQueueNanos(1_000);
    context.addQueueNanos(500);
    timer.advance(Duration.ofSeconds(2));

    events(listener).callEnded(context, error);

    assertThat(ends)
        .containsExactly(
            new CallEnded(
                CALL, 503, 1, 7, 3, "h2", Duration.ofNanos(1_500), Duration.ofSeconds(2), error));
  }

  @Test
  void attemptThatIsGivenUpWithItsCallEndsBeforeIt() {
    CallEvents events = events(recorder);
    events.attemptStarted(1);
    events.attemptEnded(new Attempt(1, false, false, WireTrace.NONE), 503, error);
    events.attemptStarted(2);

    events.callCancelled(Duration.ZERO);

    assertThat(recorder.events())
        .containsExactly(
            "attemptStarted 1",
            "attemptEnded 1 503 ClientClosedError",
            "attemptStarted 2",
            "attemptEnded 2 0",
            "callCancelled");
  }

  @Test
  void attemptThatIsGivenUpByADeadlineEndsBeforeItsCall() {
    CallEvents events = events(recorder);
    events.attemptStarted(1);

    events.callEnded(context, error);

    assertThat(recorder.events())
        .containsExactly("attemptStarted 1", "attemptEnded 1 0", "callEnded 0 ClientClosedError");
  }

  @Test
  void attemptThatHasEndedDoesNotEndOnceMoreWithItsCall() {
    CallEvents events = events(recorder);
    events.attemptStarted(1);
    events.attemptEnded(new Attempt(1, false, false, WireTrace.NONE), 200, null);
    context.beginAttempt(false, false).markStatus(200);

    events.callEnded(context, null);

    assertThat(recorder.events())
        .containsExactly("attemptStarted 1", "attemptEnded 1 200", "callEnded 200");
  }

  @Test
  void noEventComesAfterTheEnd() {
    CallEvents events = events(recorder);
    events.callStarted();
    events.attemptStarted(1);
    events.callCancelled(Duration.ZERO);
    List<String> heard = recorder.events();

    events.attemptEnded(new Attempt(1, false, false, WireTrace.NONE), 0, error);
    events.retryScheduled(2, Duration.ZERO, error);
    events.attemptStarted(2);
    events.queued();
    events.callEnded(context, error);
    events.callCancelled(Duration.ZERO);

    assertThat(recorder.events()).isEqualTo(heard);
    assertThat(heard).endsWith("attemptEnded 1 0", "callCancelled");
  }

  /** One thread is busy telling; the end that another brings is told by it, in its turn. */
  @Test
  void endThatAnotherThreadBringsWaitsForTheEventThatIsBeingTold() throws Exception {
    CountDownLatch telling = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    CallListener slow =
        new CallListener() {
          @Override
          public void attemptStarted(AttemptStarted event) {
            telling.countDown();
            awaitUninterrupted(ended);
          }
        };
    CallEvents events = events(slow, recorder);
    Thread call =
        new Thread(
            () -> {
              events.attemptStarted(1);
              events.attemptEnded(new Attempt(1, false, false, WireTrace.NONE), 0, error);
            });
    call.start();
    awaitUninterrupted(telling);

    events.callCancelled(Duration.ZERO);
    assertThat(recorder.events()).isEmpty();
    ended.countDown();
    call.join();

    assertThat(recorder.events())
        .containsExactly("attemptStarted 1", "attemptEnded 1 0", "callCancelled");
  }

  @Test
  void eventsOfTwoThreadsComeOneAtATimeAndNoneAfterTheEnd() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    CyclicBarrier both = new CyclicBarrier(2);
    try {
      for (int turn = 0; turn < 2_000; turn++) {
        EventRecorder heard = new EventRecorder();
        CallEvents events = events(heard);
        Future<?> cancelling =
            other.submit(
                () -> {
                  both.await(10, TimeUnit.SECONDS);
                  events.callCancelled(Duration.ZERO);
                  return null;
                });
        both.await(10, TimeUnit.SECONDS);
        for (int attempt = 1; attempt <= 5; attempt++) {
          events.attemptStarted(attempt);
          events.attemptEnded(new Attempt(attempt, false, false, WireTrace.NONE), 503, error);
        }
        cancelling.get(10, TimeUnit.SECONDS);

        assertEachAttemptEndsBeforeTheCall(heard.events());
      }
    } finally {
      other.shutdownNow();
    }
  }

  private static void assertEachAttemptEndsBeforeTheCall(List<String> heard) {
    assertThat(heard)
        .endsWith("callCancelled")
        .containsOnlyOnce("callCancelled")
        .hasSizeLessThan(12);
    for (int i = 0; i + 1 < heard.size(); i += 2) {
      int attempt = i / 2 + 1;
      assertThat(heard.get(i)).isEqualTo("attemptStarted " + attempt);
      assertThat(heard.get(i + 1)).startsWith("attemptEnded " + attempt + " ");
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private CallEvents events(CallListener... listeners) {
    return CallEvents.of(() -> CALL, List.of(listeners), counts);
  }
}
