package dev.fetchwell.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ActiveCallsTest {

  private final ManualExecutor executor = new ManualExecutor();
  private final VirtualTimer timer = new VirtualTimer();
  private final ActiveCalls calls = new ActiveCalls(VirtualPlatform.of(executor, timer));
  private final List<String> ended = new ArrayList<>();

  @Test
  void closingWaitsForTheLastCall() {
    Call first = new Call("first", true);
    Call second = new Call("second", true);
    assertThat(calls.add(first)).isTrue();
    assertThat(calls.add(second)).isTrue();

    calls.close();
    CompletableFuture<?> drained = calls.drained();
    calls.remove(first);
    executor.runAll();
    assertThat(drained).isNotDone();
    calls.remove(second);
    executor.runAll();

    assertThat(drained).isCompleted();
  }

  @Test
  void callAfterClosingIsRefused() {
    calls.close();
    CompletableFuture<?> drained = calls.drained();

    assertThat(calls.add(new Call("late", false))).isFalse();
    executor.runAll();
    assertThat(drained).isCompleted();
    assertThat(calls.drained()).isNotSameAs(drained);
  }

  @Test
  void callThatGoesOnAsAnotherIsAwaitedAndEndedAsThat() {
    Call future = new Call("future", true);
    Call body = new Call("body", true);
    calls.add(future);
    calls.close();
    CompletableFuture<?> drained = calls.drained();
    calls.replace(future, body);
    executor.runAll();
    assertThat(drained).isNotDone();

    calls.endAll();
    executor.runAll();
    assertThat(ended).containsExactly("body");
    calls.replace(body, new Call("late", true));
    assertThat(ended).containsExactly("body", "late");
  }

  @Test
  void whatWaitsIsEndedBeforeWhatWasSent() {
    calls.add(new Call("sent", true));
    calls.add(new Call("waiting", false));
    calls.add(new Call("sent", true));
    calls.close();

    calls.endAll();
    executor.runAll();

    assertThat(ended).containsExactly("waiting", "sent", "sent");
  }

  @Test
  void callsAreEndedOffTheCallersThreadAlsoIfThereIsNoneForAMoment() {
    calls.add(new Call("one", true));
    calls.endAll();
    assertThat(ended).isEmpty();
    executor.runAll();
    assertThat(ended).hasSize(1);

    executor.reject(true);
    calls.endAll();
    assertThat(ended).hasSize(1);
    executor.reject(false);
    timer.advance(Duration.ofMillis(10));
    executor.runAll();
    assertThat(ended).hasSize(2);
  }

  @Test
  void futureOfOneWhoClosesEndsForNobodyElse() {
    Call running = new Call("running", true);
    calls.add(running);
    calls.close();
    calls.drained().cancel(false);
    CompletableFuture<?> other = calls.drained();

    calls.remove(running);
    executor.runAll();

    assertThat(other).isCompleted();
  }

  @Test
  void callThatThrowsWhenItIsEndedKeepsNoOtherFromEnding() {
    calls.add(
        new ActiveCalls.ActiveCall() {

          @Override
          public boolean isSent() {
            return false;
          }

          @Override
          public void closeNow() {
            throw new AssertionError("told to");
          }
        });
    calls.add(new Call("other", true));

    calls.endAll();
    executor.runAll();

    assertThat(ended).containsExactly("other");
  }

  private final class Call implements ActiveCalls.ActiveCall {

    private final String name;
    private final boolean sent;

    private Call(String name, boolean sent) {
      this.name = name;
      this.sent = sent;
    }

    @Override
    public boolean isSent() {
      return sent;
    }

    @Override
    public void closeNow() {
      ended.add(name);
    }
  }
}
