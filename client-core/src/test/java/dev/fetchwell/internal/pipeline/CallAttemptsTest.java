package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testkit.TestCalls;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Numbers and facts of attempts that run beside each other. */
class CallAttemptsTest {

  private final CallContext call = TestCalls.context(request("GET"), options(), new VirtualTimer());

  @Test
  void attemptBesideAnotherCountsOnceItGoesOut() {
    call.beginAttempt(false, false);
    CallContext beside = call.beside();
    assertThat(beside.attemptNumber()).isEqualTo(2);
    assertThat(beside.attempts()).isEqualTo(1);
    assertThat(call.facts().attempts()).isEqualTo(1);

    assertThat(beside.admit()).isTrue();

    assertThat(call.attempts()).isEqualTo(2);
    assertThat(call.attemptNumber()).isEqualTo(1);
    assertThat(call.facts().attempts()).isEqualTo(2);
    assertThat(beside.facts().attempts()).isEqualTo(2);
    assertThat(call.countedAttempts()).isEqualTo(1);
  }

  @Test
  void numberOfOneThatNeverWentOutIsTheNextOnes() {
    call.beginAttempt(false, false);
    assertThat(call.beside().attemptNumber()).isEqualTo(2);

    assertThat(call.beginAttempt(true, false).number()).isEqualTo(2);
  }

  @Test
  void whatAnyOfThemDidCountsWhicheverWins() {
    Attempt first = call.beginAttempt(false, false);
    CallContext beside = call.beside();
    beside.admit();
    assertThat(call.mayHaveBeenProcessed()).isFalse();

    beside.attempt().markSent();
    assertThat(call.mayHaveBeenProcessed()).isTrue();
    assertThat(call.facts().mayHaveBeenProcessed()).isTrue();
    beside.attempt().markRefused();
    assertThat(call.mayHaveBeenProcessed()).isFalse();

    call.adopt(beside.attempt());
    assertThat(call.attempt()).isSameAs(beside.attempt());
    first.markSent();
    assertThat(call.mayHaveBeenProcessed()).as("the loser was sent").isTrue();
    call.beginAttempt(true, false);
    assertThat(call.mayHaveBeenProcessed()).as("also later").isTrue();
  }

  @Test
  void noneGoesOutOnceTheAnswerIsRead() {
    call.beginAttempt(false, false);
    CallContext beside = call.beside();
    call.answered();

    assertThat(beside.admit()).isFalse();
    assertThat(call.attempts()).isEqualTo(1);

    call.beginAttempt(true, false);
    assertThat(call.beside().admit()).isTrue();
  }

  @Test
  void redirectGoesOnWithTheNumberOfTheOneThatWon() {
    call.beginAttempt(false, false);
    CallContext beside = call.beside();
    beside.admit();
    call.adopt(beside.attempt());

    Attempt redirected = call.beginAttempt(false, false);

    assertThat(redirected.number()).isEqualTo(2);
    redirected.markWaiting(true);
    assertThat(call.facts().attempts()).isEqualTo(2);
    assertThat(redirected.isFirst()).isFalse();
  }

  @Test
  void callThatGoesOnForAnotherKnowsItsHedges() {
    call.beginAttempt(false, false);
    CallContext beside = call.beside();
    beside.admit();
    beside.attempt().markSent();
    CallEvents none = CallEvents.of(CallAttemptsTest::info, List.of(), new CallCounts());
    CallContext next = call.goingOnAfter(new ClientClosedError(call.facts()), call.reader(), none);

    assertThat(next.attempts()).isEqualTo(2);
    assertThat(next.countedAttempts()).isEqualTo(1);
    assertThat(next.mayHaveBeenProcessed()).isTrue();
    assertThat(next.beginAttempt(true, false).number()).isEqualTo(3);
  }

  @Test
  void allThatRunWhenTheCallEndsEndWithIt() {
    EventRecorder recorder = new EventRecorder();
    CallEvents events = CallEvents.of(CallAttemptsTest::info, List.of(recorder), new CallCounts());
    events.attemptStarted(1);
    events.hedged(2, Duration.ofMillis(10));
    events.hedged(3, Duration.ofMillis(10));
    assertThat(recorder.events()).as("noted, not told").containsExactly("attemptStarted 1");
    events.setAside(2, 503, null);
    events.tell();
    events.callCancelled(Duration.ZERO);

    assertThat(recorder.events())
        .containsExactly(
            "attemptStarted 1",
            "attemptStarted 2",
            "attemptStarted 3",
            "attemptEnded 2 503",
            "attemptEnded 1 0",
            "attemptEnded 3 0",
            "callCancelled");
  }

  private static CallInfo info() {
    return new CallInfo(1, "GET", TestCalls.URL, "h", "");
  }
}
