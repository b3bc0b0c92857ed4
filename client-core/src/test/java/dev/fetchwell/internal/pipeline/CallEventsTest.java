package dev.fetchwell.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.CallListener;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CallEventsTest {

  private static final CallInfo CALL = new CallInfo(1, "GET", "https://h/", "h", "tag");

  @Test
  void listenerThatThrowsTouchesNeitherTheCallNorTheOtherListeners() {
    CallListener throwing =
        new CallListener() {
          @Override
          public void callStarted(CallInfo call) {
            throw new IllegalStateException("expected in the log of this test");
          }

          @Override
          public void callEnded(CallInfo call, Duration elapsed, @Nullable FetchError error) {
            throw new NoClassDefFoundError("expected in the log of this test");
          }
        };
    EventRecorder recorder = new EventRecorder();
    CallEvents events = new CallEvents(CALL, List.of(throwing, recorder));

    events.callStarted();
    events.callEnded(Duration.ZERO, null);

    assertThat(recorder.events()).containsExactly("started", "ended: -");
  }

  @Test
  void eventsReachEveryListenerInOrder() {
    EventRecorder first = new EventRecorder();
    EventRecorder second = new EventRecorder();
    CallEvents events = new CallEvents(CALL, List.of(first, second));
    FetchError error =
        new ClientClosedError(new CallFacts("GET", "https://h/", 0, Duration.ZERO, false));

    events.callStarted();
    events.queued();
    events.attemptStarted(1);
    events.attemptEnded(1, 0, error);
    events.retryScheduled(2, Duration.ofMillis(5), error);
    events.callCancelled(Duration.ZERO);

    assertThat(first.events())
        .containsExactly(
            "started",
            "queued",
            "attempt 1",
            "attempt 1 ended: 0 ClientClosedError",
            "retry 2 in PT0.005S",
            "cancelled");
    assertThat(second.events()).isEqualTo(first.events());
  }

  @Test
  void listenerWithoutMethodsHearsAllInSilence() {
    CallEvents events = new CallEvents(CALL, List.of(new CallListener() {}));

    events.callStarted();
    events.queued();
    events.attemptStarted(1);
    events.attemptEnded(1, 200, null);
    events.callEnded(Duration.ZERO, null);
    events.callCancelled(Duration.ZERO);
  }
}
