package dev.fetchwell.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WorkQueueLeavingTest {

  @Test
  void jobThatWaitsIsHandedBackUnbegunWhenThoseBeforeItAreCancelled() {
    List<String> begun = new ArrayList<>();
    WorkQueue<String> queue =
        WorkQueue.of(
                (String job) -> {
                  begun.add(job);
                  return new CompletableFuture<>();
                })
            .workers(1)
            // A worker that comes free takes the next job at once.
            .on(VirtualPlatform.of(Runnable::run, new VirtualTimer()))
            .open();
    for (String job : List.of("a", "b", "c")) {
      queue.submit(job).join();
    }
    assertThat(queue.shutdown(Duration.ZERO))
        .isCompletedWithValue(
            List.of(
                new WorkQueue.Unfinished<>("a", 1),
                new WorkQueue.Unfinished<>("b", 0),
                new WorkQueue.Unfinished<>("c", 0)));
    assertThat(begun).containsExactly("a");
    assertThat(queue.stats().running()).isZero();
  }
}
