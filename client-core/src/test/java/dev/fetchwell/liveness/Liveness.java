package dev.fetchwell.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What every call and every client owes, whatever happened: an end, and all that was taken. */
final class Liveness {

  /** More than anything takes here, but for a bug. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  private Liveness() {}

  /** The future ends in time, and with nothing but a value, a FetchError or a cancellation. */
  static void assertEndsTyped(CompletableFuture<?> future) {
    assertTyped(Awaited.ending(future, LIMIT));
  }

  static void assertTyped(@Nullable Throwable thrown) {
    if (thrown != null && !(thrown instanceof CancellationException)) {
      assertThat(FetchError.of(thrown)).as("the FetchError in %s", thrown).isNotNull();
    }
  }

  static void assertShutsDown(AsyncHttpClient client, Duration grace) {
    assertThat(Awaited.ending(client.shutdown(grace), LIMIT))
        .as("what shutdown() failed with")
        .isNull();
  }

  /** At most so many threads of the library's still do something, in time. */
  static void assertThreadsAtWork(int most) {
    Eventually.holds(
        () -> stacks().size() <= most,
        () -> "at most " + most + " threads, are " + stacks(),
        LIMIT);
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
