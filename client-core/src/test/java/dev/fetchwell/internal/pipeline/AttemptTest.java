package dev.fetchwell.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptTest {

  private final Attempt attempt = new Attempt(2, false, false, WireTrace.NONE);
  private final List<String> returned = new ArrayList<>();

  @Test
  void attemptThatWaitsHasNotStarted() {
    attempt.markWaiting(true);
    assertThat(attempt.started()).isEqualTo(1);

    attempt.markWaiting(false);
    assertThat(attempt.started()).isEqualTo(2);
  }

  @Test
  void redirectedAttemptThatWaitsHadStartedOnTheHopBefore() {
    Attempt redirected = new Attempt(1, false, true, WireTrace.NONE);

    redirected.markWaiting(true);

    assertThat(redirected.started()).isEqualTo(1);
  }

  @Test
  void requestThatWasSentMayHaveBeenProcessedUnlessItWasRefused() {
    assertThat(attempt.mayHaveBeenProcessed()).isFalse();
    attempt.markSent();
    assertThat(attempt.mayHaveBeenProcessed()).isTrue();
    attempt.markRefused();
    assertThat(attempt.mayHaveBeenProcessed()).isFalse();
  }

  @Test
  void threadThatReturnsToAnAbandonedExchangeIsTold() {
    attempt.exchangeBegins();
    assertThat(attempt.isExchanging()).isTrue();

    assertThat(attempt.abandon(() -> returned.add("back"))).isTrue();
    assertThat(returned).isEmpty();
    attempt.exchangeReturned();
    attempt.exchangeReturned();

    assertThat(returned).containsExactly("back");
    assertThat(attempt.isExchanging()).isFalse();
  }

  @Test
  void exchangeThatNobodyIsInCannotBeWaitedFor() {
    assertThat(attempt.abandon(() -> returned.add("never"))).isFalse();
    attempt.exchangeBegins();
    attempt.exchangeReturned();

    assertThat(attempt.abandon(() -> returned.add("too late"))).isFalse();
    assertThat(returned).isEmpty();
  }
}
