package dev.fetchwell.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.FetchError;
import io.github.resilience4j.bulkhead.Bulkhead;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What every call and every client owes, whatever happened: an end, and all that was taken. */
final class Liveness {

  /** More than anything takes here, but for a bug. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  private Liveness() {}

  /** What the future ends with in time; null for a value. */
  static @Nullable Throwable ending(CompletableFuture<?> future) {
    return ending(future, LIMIT);
  }

  static @Nullable Throwable ending(CompletableFuture<?> future, Duration limit) {
    try {
      future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return null;
    } catch (ExecutionException failed) {
      return failed.getCause();
    } catch (CancellationException cancelled) {
      return cancelled;
    } catch (TimeoutException e) {
      throw new AssertionError("still pending after " + limit + ": " + future, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** The value that the future ends with in time. */
  static <T> T value(CompletableFuture<T> future) {
    Throwable thrown = ending(future);
    if (thrown != null) {
      throw new AssertionError("failed: " + thrown, thrown);
    }
    return future.join();
  }

  /** The future ends in time, and with nothing but a value, a FetchError or a cancellation. */
  static void assertEndsTyped(CompletableFuture<?> future) {
    assertTyped(ending(future));
  }

  static void assertTyped(@Nullable Throwable thrown) {
    if (thrown != null && !(thrown instanceof CancellationException)) {
      assertThat(FetchError.of(thrown)).as("the FetchError in %s", thrown).isNotNull();
    }
  }

  /** Waits for something that no event tells of, such as a permit that is back. */
  static void await(BooleanSupplier condition, Supplier<String> expected) {
    if (!comes(condition, LIMIT)) {
      throw new AssertionError("expected within " + LIMIT + ": " + expected.get());
    }
  }

  /** Whether the condition comes true in time. */
  static boolean comes(BooleanSupplier condition, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(1_000_000);
    }
    return true;
  }

  /** All permits are back, those of resilience4j's twins too, and nobody waits for one. */
  static void assertNothingHeld(AsyncHttpClient client) {
    await(
        () -> client.stats().inFlight() == 0 && client.stats().queued() == 0,
        () -> "no call in flight or queued, is " + client.stats());
    for (Bulkhead twin : client.bulkheads().getAllBulkheads()) {
      Bulkhead.Metrics metrics = twin.getMetrics();
      await(
          () -> metrics.getAvailableConcurrentCalls() == metrics.getMaxAllowedConcurrentCalls(),
          () -> "all permits back in resilience4j's bulkhead " + twin.getName());
    }
  }

  static void assertShutsDown(AsyncHttpClient client, Duration grace) {
    assertThat(ending(client.shutdown(grace))).as("what shutdown() failed with").isNull();
  }

  /** At most so many threads of the library's still do something, in time. */
  static void assertThreadsAtWork(int most) {
    await(() -> stacks().size() <= most, () -> "at most " + most + " threads, are " + stacks());
  }

  /** Threads that wait for their next task are left over from other tests, and harmless. */
  private static List<String> stacks() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(each -> each.getKey().getName().startsWith("fetchwell"))
        .filter(each -> !waitsForWork(each.getValue()))
        .map(each -> each.getKey().getName() + " " + List.of(each.getValue()))
        .toList();
  }

  private static boolean waitsForWork(StackTraceElement[] stack) {
    return Arrays.stream(stack).anyMatch(frame -> frame.getMethodName().equals("getTask"));
  }
}
