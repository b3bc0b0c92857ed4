package dev.fetchwell.batch;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.testkit.Awaited;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** What calls and batches fail with. */
final class Failures {

  /** More than any batch of a test takes, but for a bug. */
  static final Duration LIMIT = Duration.ofSeconds(60);

  private Failures() {}

  static FetchError connectionError(String problem) {
    return new ConnectionError(
        ConnectionError.Kind.RESET,
        problem,
        new CallFacts("GET", "http://127.0.0.1/", 1, Duration.ZERO, true),
        null);
  }

  /** The cause of the {@code UnexpectedError} that the future fails with. */
  static Throwable unexpected(CompletableFuture<?> future) {
    return Objects.requireNonNull(Awaited.failure(future, UnexpectedError.class, LIMIT).getCause());
  }
}
