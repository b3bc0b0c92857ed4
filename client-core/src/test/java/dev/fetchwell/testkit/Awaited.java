package dev.fetchwell.testkit;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What a future ends with in time. */
public final class Awaited {

  /** More than anything takes here, but for a bug; and less than a call's standard timeout. */
  public static final Duration LIMIT = Duration.ofSeconds(20);

  private Awaited() {}

  /** What it fails with, as its dependents see it; null for a value. */
  public static @Nullable Throwable ending(CompletableFuture<?> future, Duration limit) {
    await(future, limit);
    return Ended.ending(future);
  }

  /** Its value. */
  public static <T> T value(CompletableFuture<T> future) {
    return value(future, LIMIT);
  }

  /** Its value. */
  public static <T> T value(CompletableFuture<T> future, Duration limit) {
    await(future, limit);
    return Ended.value(future);
  }

  /** What it fails with. */
  public static Throwable error(CompletableFuture<?> future) {
    return error(future, LIMIT);
  }

  /** What it fails with. */
  public static Throwable error(CompletableFuture<?> future, Duration limit) {
    await(future, limit);
    return Ended.error(future);
  }

  /** What it fails with: the plain error of that type, without a wrapper. */
  public static <E extends Throwable> E failure(CompletableFuture<?> future, Class<E> type) {
    return failure(future, type, LIMIT);
  }

  /** What it fails with: the plain error of that type, without a wrapper. */
  public static <E extends Throwable> E failure(
      CompletableFuture<?> future, Class<E> type, Duration limit) {
    await(future, limit);
    return Ended.failure(future, type);
  }

  private static void await(CompletableFuture<?> future, Duration limit) {
    try {
      future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | CancellationException ended) {
      // The caller asks how.
    } catch (TimeoutException e) {
      throw new AssertionError("not ended after " + limit + ": " + future, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
