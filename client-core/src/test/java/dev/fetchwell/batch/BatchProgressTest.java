package dev.fetchwell.batch;

import static dev.fetchwell.batch.Failures.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.testkit.Awaited;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BatchProgressTest {

  private static final int COUNT = 20_000;

  @Test
  void progressGrowsByOneAndIsToldOneAtATime() {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      // No lock: it would not hold if two threads came at once.
      List<Long> told = new ArrayList<>();
      List<Integer> items = IntStream.range(0, COUNT).boxed().toList();
      CompletableFuture<List<Integer>> all =
          Batch.of(items, item -> CompletableFuture.supplyAsync(() -> item, pool))
              .onProgress(
                  (done, total) -> {
                    assertThat(total).isEqualTo(COUNT);
                    told.add(done);
                  })
              .all();
      assertThat(Awaited.value(all, LIMIT)).hasSize(COUNT);
      assertThat(told).isEqualTo(LongStream.rangeClosed(1, COUNT).boxed().toList());
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void totalOfAnIteratorIsUnknown() {
    List<Long> totals = new ArrayList<>();
    Awaited.value(
        Batch.of(List.of(1, 2).iterator(), CompletableFuture::completedFuture)
            .onProgress((done, total) -> totals.add(total))
            .all(),
        LIMIT);
    assertThat(totals).containsExactly(-1L, -1L);
  }

  @Test
  void failedItemsAreDoneToo() {
    List<Long> told = new ArrayList<>();
    CompletableFuture<List<Integer>> all =
        Batch.of(List.of(1), item -> CompletableFuture.<Integer>failedFuture(new Error("x")))
            .onProgress((done, total) -> told.add(done))
            .all();
    Awaited.error(all, LIMIT);
    assertThat(told).containsExactly(1L);
  }

  @Test
  void progressThatThrowsDoesNoHarm() {
    CompletableFuture<List<Integer>> all =
        Batch.of(List.of(1, 2, 3), CompletableFuture::completedFuture)
            .onProgress(
                (done, total) -> {
                  throw new AssertionError("a bug in the progress bar");
                })
            .all();
    assertThat(Awaited.value(all, LIMIT)).containsExactly(1, 2, 3);
  }

  @Test
  void nothingIsToldAfterTheFutureHasEnded() {
    List<Long> told = new ArrayList<>();
    CompletableFuture<Integer> seen =
        Batch.of(List.of(1, 2, 3), CompletableFuture::completedFuture)
            .onProgress((done, total) -> told.add(done))
            .first()
            .thenApply(value -> told.size());
    assertThat(Awaited.value(seen, LIMIT)).isEqualTo(1);
    assertThat(told).containsExactly(1L);
  }
}
