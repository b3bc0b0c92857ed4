package dev.fetchwell.stream;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.policy.Backoff;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Whether and when a feed connects again. Confined to one thread. */
final class Reconnects {

  /** A failing server is not hammered, even if it asked to be. */
  private static final Duration SHORTEST_BASE = Duration.ofMillis(100);

  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final int maxFailures;
  private final RandomGenerator random;
  private Duration base;
  private int failures;
  private boolean heard;

  /**
   * Begins without a failure.
   *
   * @param base the shortest delay until the server asks for another
   */
  Reconnects(Duration base, int maxFailures, RandomGenerator random) {
    this.base = base;
    this.maxFailures = maxFailures;
    this.random = random;
  }

  /** The server sent {@code retry}. */
  void asked(Duration delay) {
    base = delay;
  }

  /** An event came. */
  void heard() {
    failures = 0;
    heard = true;
  }

  /** The delay after a connection that the server ended, which is no failure. */
  Duration afterEnd() {
    boolean atOnce = base.isZero() && heard;
    heard = false;
    return atOnce ? Duration.ZERO : delay(1);
  }

  /**
   * The delay after a connection that failed.
   *
   * @throws FetchError the error, if there is no use in trying again
   */
  Duration after(FetchError error) {
    heard = false;
    failures++;
    if (!isTransient(error) || failures > maxFailures) {
      throw error;
    }
    Duration delay = delay(failures);
    Duration asked =
        error instanceof HttpStatusError failed
            ? failed.retryAfter().orElse(Duration.ZERO)
            : Duration.ZERO;
    return asked.compareTo(delay) > 0 ? asked : delay;
  }

  /** Never less than the base, as the standard says; jitter comes on top. */
  private Duration delay(int attempt) {
    Duration shortest = base.isZero() ? SHORTEST_BASE : base;
    Duration first = shortest.multipliedBy(2);
    Duration cap = first.compareTo(LONGEST) > 0 ? first : LONGEST;
    return Backoff.exponential(first, cap).withEqualJitter().delay(attempt, random);
  }

  private static boolean isTransient(FetchError error) {
    if (error instanceof HttpStatusError failed) {
      return failed.status() >= 500 || failed.status() == 429 || failed.status() == 408;
    }
    return error instanceof FetchTimeoutError
        || error instanceof BulkheadFullError
        || (error instanceof ConnectionError broken && broken.kind() != ConnectionError.Kind.TLS);
  }
}
