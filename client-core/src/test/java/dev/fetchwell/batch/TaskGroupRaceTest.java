package dev.fetchwell.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.FetchError;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks that end at the same moment, in many seeded rounds. */
@Timeout(60)
class TaskGroupRaceTest {

  private static final int ROUNDS = 3_000;
  private static final int TASKS = 4;

  private final ExecutorService pool = Executors.newFixedThreadPool(TASKS + 1);

  @AfterEach
  void stop() {
    pool.shutdownNow();
  }

  @Test
  void joinNeverReturnsNormallyIfATaskFailed() throws Exception {
    Random random = new Random(42);
    for (int round = 0; round < ROUNDS; round++) {
      boolean[] fails = new boolean[TASKS];
      boolean anyFails = false;
      for (int i = 0; i < TASKS; i++) {
        fails[i] = random.nextInt(4) == 0;
        anyFails |= fails[i];
      }
      assertThat(thrownByRound(fails) != null).as("round %s", round).isEqualTo(anyFails);
    }
  }

  /** What join throws when all tasks end at once, after checks of what must hold in any case. */
  private @Nullable FetchError thrownByRound(boolean[] fails) throws Exception {
    CyclicBarrier together = new CyclicBarrier(TASKS);
    List<CompletableFuture<String>> calls = new ArrayList<>();
    List<FetchError> errors = new ArrayList<>();
    List<Future<?>> ending = new ArrayList<>();
    FetchError thrown = null;
    try (TaskGroup group = TaskGroup.open()) {
      for (boolean ignored : fails) {
        CompletableFuture<String> call = new CompletableFuture<>();
        calls.add(call);
        var unused = group.fork(() -> call);
        errors.add(Failures.connectionError("reset " + calls.size()));
      }
      for (int i = 0; i < TASKS; i++) {
        int index = i;
        ending.add(
            pool.submit(
                () -> {
                  together.await(20, TimeUnit.SECONDS);
                  return fails[index]
                      ? calls.get(index).completeExceptionally(errors.get(index))
                      : calls.get(index).complete("v");
                }));
      }
      group.join();
    } catch (FetchError error) {
      thrown = error;
    }
    for (Future<?> end : ending) {
      end.get(20, TimeUnit.SECONDS);
    }
    assertThat(calls).allMatch(CompletableFuture::isDone);
    if (thrown != null) {
      assertThat(errors).contains(thrown);
      assertThat(List.<Throwable>of(thrown.getSuppressed())).isSubsetOf(errors);
    }
    return thrown;
  }

  @Test
  void forkThatRacesACloseLeavesNothingRunning() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      TaskGroup group = TaskGroup.open();
      CompletableFuture<String> call = new CompletableFuture<>();
      CyclicBarrier together = new CyclicBarrier(2);
      Future<Boolean> forking =
          pool.submit(
              () -> {
                together.await(20, TimeUnit.SECONDS);
                try {
                  var unused = group.fork(() -> call);
                  return true;
                } catch (IllegalStateException closed) {
                  return false;
                }
              });
      together.await(20, TimeUnit.SECONDS);
      group.close();
      boolean forked = forking.get(20, TimeUnit.SECONDS);
      assertThat(call.isCancelled()).as("round %s", round).isEqualTo(forked);
    }
  }
}
