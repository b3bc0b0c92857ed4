package dev.fetchwell.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a future ended with, which must have ended by now. {@link Awaited} waits for it. */
public final class Ended {

  private Ended() {}

  /** What it failed with, as its dependents see it; null for a value. */
  public static @Nullable Throwable ending(CompletableFuture<?> future) {
    if (!future.isDone()) {
      throw new AssertionError("not ended: " + future);
    }
    return future.handle((value, thrown) -> thrown).join();
  }

  /** Its value. */
  public static <T> T value(CompletableFuture<T> future) {
    Throwable thrown = ending(future);
    if (thrown != null) {
      throw new AssertionError("failed: " + thrown, thrown);
    }
    return future.join();
  }

  /** What it failed with. */
  public static Throwable error(CompletableFuture<?> future) {
    Throwable thrown = ending(future);
    if (thrown == null) {
      throw new AssertionError("ended with the value " + future.join());
    }
    return thrown;
  }

  /** What it failed with: the plain error of that type, without a wrapper. */
  public static <E extends Throwable> E failure(CompletableFuture<?> future, Class<E> type) {
    Throwable thrown = error(future);
    assertThat(thrown).isInstanceOf(type);
    return type.cast(thrown);
  }
}
