package dev.fetchwell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.testkit.ManualExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ActiveCallsTest {

  private final ManualExecutor executor = new ManualExecutor();
  private final ActiveCalls calls = new ActiveCalls(executor);
  private final List<String> ended = new ArrayList<>();

  @Test
  void closingWaitsForTheLastCall() {
    Call first = new Call("first", true);
    Call second = new Call("second", true);
    assertThat(calls.add(first)).isTrue();
    assertThat(calls.add(second)).isTrue();

    CompletableFuture<?> drained = calls.close();
    calls.remove(first);
    executor.runAll();
    assertThat(drained).isNotDone();
    calls.remove(second);
    executor.runAll();

    assertThat(drained).isCompleted();
  }

  @Test
  void callAfterClosingIsRefused() {
    CompletableFuture<?> drained = calls.close();

    assertThat(calls.add(new Call("late", false))).isFalse();
    executor.runAll();
    assertThat(drained).isCompleted();
    assertThat(calls.close()).isSameAs(drained);
  }

  @Test
  void whatWaitsIsEndedBeforeWhatWasSent() {
    calls.add(new Call("sent", true));
    calls.add(new Call("waiting", false));
    calls.add(new Call("sent", true));
    var unused = calls.close();

    calls.endAll();
    executor.runAll();

    assertThat(ended).containsExactly("waiting", "sent", "sent");
  }

  @Test
  void callsAreEndedOffTheCallersThreadIfThereIsAnother() {
    calls.add(new Call("one", true));
    calls.endAll();
    assertThat(ended).isEmpty();
    executor.runAll();
    assertThat(ended).hasSize(1);

    executor.reject(true);
    calls.endAll();
    assertThat(ended).hasSize(2);
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
