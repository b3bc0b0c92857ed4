package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SerialTaskTest {

  private final List<String> seen = new ArrayList<>();

  @Test
  void runsEachTimeItIsAskedFor() {
    SerialTask task = new SerialTask(() -> seen.add("work"));
    task.run();
    task.run();
    assertThat(seen).containsExactly("work", "work");
  }

  @Test
  void whatIsAskedForWithinTheWorkIsDoneAfterIt() {
    List<SerialTask> self = new ArrayList<>();
    SerialTask task =
        new SerialTask(
            () -> {
              seen.add("begin");
              if (seen.size() < 5) {
                self.get(0).run();
                self.get(0).run();
              }
              seen.add("end");
            });
    self.add(task);
    task.run();
    assertThat(seen).containsExactly("begin", "end", "begin", "end", "begin", "end");
  }

  @Test
  void whoeverAsksFirstSeesToTheWork() {
    SerialTask task = new SerialTask(() -> seen.add("work"));
    assertThat(task.ask()).isTrue();
    assertThat(task.ask()).isFalse();
    task.run();
    assertThat(seen).isEmpty();
    task.work();
    assertThat(seen).containsExactly("work");
    assertThat(task.ask()).isTrue();
  }

  @Test
  void workThatThrowsCanBeAskedForAgain() {
    SerialTask task =
        new SerialTask(
            () -> {
              seen.add("work");
              throw new AssertionError("expected in the log of this test");
            });
    task.run();
    task.run();
    assertThat(seen).containsExactly("work", "work");
  }

  /** What was asked for is done after the asking, by one thread at a time: no lock guards it. */
  @Test
  void nothingThatWasAskedForGetsLost() throws Exception {
    int threads = 4;
    int rounds = 20_000;
    AtomicInteger asked = new AtomicInteger();
    int[] done = new int[1];
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger mostInside = new AtomicInteger();
    SerialTask task =
        new SerialTask(
            () -> {
              mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
              done[0] = asked.get();
              inside.decrementAndGet();
            });
    CyclicBarrier together = new CyclicBarrier(threads + 1);
    for (int i = 0; i < threads; i++) {
      CallThreads.shared()
          .execute(
              () -> {
                try {
                  together.await();
                  for (int round = 0; round < rounds; round++) {
                    asked.incrementAndGet();
                    task.run();
                  }
                  together.await();
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              });
    }
    together.await(20, TimeUnit.SECONDS);
    together.await(20, TimeUnit.SECONDS);
    assertThat(done[0]).isEqualTo(threads * rounds);
    assertThat(mostInside).hasValue(1);
  }
}
