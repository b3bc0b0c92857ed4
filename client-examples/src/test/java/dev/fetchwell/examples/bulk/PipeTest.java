package dev.fetchwell.examples.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PipeTest {

  private final Pipe<Integer> pipe = new Pipe<>(3);

  @Test
  void fasterStageWaitsAndItemsComeInOrder() throws Exception {
    CompletableFuture<?> writer =
        CompletableFuture.runAsync(() -> quietly(() -> putAll(pipe, 1_000)));
    for (int i = 0; i < 1_000; i++) {
      assertThat(pipe.take()).isEqualTo(i);
    }
    assertThat(pipe.take()).isNull();
    writer.get(5, TimeUnit.SECONDS);
    assertThat(pipe.deepest()).isBetween(1, 3);
  }

  @Test
  void whatIsInComesBeforeTheEnd() throws Exception {
    pipe.put(1);
    pipe.end();
    assertThat(pipe.take()).isEqualTo(1);
    assertThat(pipe.take()).isNull();
    assertThat(pipe.take()).isNull();
  }

  @Test
  void failureReachesTheNextStageAtOnce() throws Exception {
    pipe.put(1);
    pipe.fail(new IOException("disk"));
    pipe.fail(new IOException("later"));
    assertThatThrownBy(pipe::take)
        .hasMessageContaining("disk")
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void stageThatStopsReleasesTheOneBefore() throws Exception {
    putAll(new Pipe<>(10), 5);
    IntStream.range(0, 3).forEach(i -> quietly(() -> pipe.put(i)));
    CompletableFuture<@Nullable Throwable> waiting =
        CompletableFuture.runAsync(() -> quietly(() -> pipe.put(3)))
            .handle((nothing, thrown) -> thrown);
    pipe.abandon();
    assertThat(waiting.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(CancellationException.class);
    assertThatThrownBy(() -> pipe.put(4)).isInstanceOf(CancellationException.class);
  }

  private static void putAll(Pipe<Integer> into, int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      into.put(i);
    }
    into.end();
  }

  private interface Interruptible {
    void run() throws InterruptedException;
  }

  private static void quietly(Interruptible task) {
    try {
      task.run();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
