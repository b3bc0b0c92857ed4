package dev.fetchwell.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.CallFuture;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What futures fail with. */
final class Thrown {

  private Thrown() {}

  static FetchError connectionError(String problem) {
    return new ConnectionError(
        ConnectionError.Kind.RESET,
        problem,
        new CallFacts("GET", "http://127.0.0.1/", 1, Duration.ZERO, true),
        null);
  }

  /** What the future fails with, within a generous limit. */
  static Throwable by(CompletableFuture<?> future) {
    try {
      Object value = future.get(30, TimeUnit.SECONDS);
      throw new AssertionError("it gave " + value);
    } catch (Exception thrown) {
      return CallFuture.unwrap(thrown);
    }
  }

  /** The cause of the {@code UnexpectedError} that the future fails with. */
  static Throwable unexpectedBy(CompletableFuture<?> future) {
    Throwable thrown = by(future);
    assertThat(thrown).isInstanceOf(UnexpectedError.class);
    return Objects.requireNonNull(thrown.getCause());
  }

  static <T> T value(CompletableFuture<T> future) {
    try {
      return future.get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("no value", e);
    }
  }

  /** Throws a checked exception where the compiler allows none, as other languages do. */
  @SuppressWarnings("unchecked")
  static <E extends Throwable> RuntimeException sneaky(Throwable thrown) throws E {
    throw (E) thrown;
  }
}
