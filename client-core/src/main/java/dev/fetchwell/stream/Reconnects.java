package dev.fetchwell.stream;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.CircuitOpenError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.RateLimitExceededError;
import dev.fetchwell.policy.Backoff;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Whether and when a feed connects again. Confined to one thread. */
final class Reconnects {

  /** A failing server is not hammered, even if it asked to be. */
  private static final Duration SHORTEST_BASE = Duration.ofMillis(100);

  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final Duration longest;
  private final int maxFailures;
  private final RandomGenerator random;
  private Duration base;
  private int failures;

  /** Connections in a row that brought no event, but for those that were open for long. */
  private int withoutEvent;

  /** Whether an event came over the connection that there is. */
  private boolean heard;

  /**
   * Begins without a failure.
   *
   * @param base the shortest delay until the server asks for another
   * @param longest the longest delay, unless the base is longer
   */
  Reconnects(Duration base, Duration longest, int maxFailures, RandomGenerator random) {
    this.base = base;
    this.longest = longest.compareTo(base) < 0 ? base : longest;
    this.maxFailures = maxFailures;
    this.random = random;
  }

  /** The server sent {@code retry}. */
  void asked(Duration delay) {
    base = atMostLongest(delay);
  }

  /** An event came. */
  void heard() {
    failures = 0;
    withoutEvent = 0;
    heard = true;
  }

  /**
   * The delay after a connection that the server ended, which is no failure.
   *
   * @param open how long it had been open: a quiet feed that a proxy cuts now and then is well
   */
  Duration afterEnd(Duration open) {
    boolean useful = heard;
    heard = false;
    if (useful && base.isZero()) {
      return Duration.ZERO;
    }
    if (!useful && open.compareTo(LONGEST) < 0) {
      withoutEvent++;
    }
    return delay();
  }

  /**
   * The delay after a connection that failed.
   *
   * @throws FetchError the error, if there is no use in trying again
   */
  Duration after(FetchError error) {
    boolean useful = heard;
    heard = false;
    failures++;
    withoutEvent++;
    if (!isTransient(error, useful) || failures > maxFailures) {
      throw error;
    }
    Duration delay = delay();
    Duration asked = askedBy(error);
    return atMostLongest(asked.compareTo(delay) > 0 ? asked : delay);
  }

  /** By the server; or until a circuit breaker or a rate limit of ours lets attempts through. */
  private static Duration askedBy(FetchError error) {
    if (error instanceof HttpStatusError failed) {
      return failed.retryAfter().orElse(Duration.ZERO);
    }
    if (error instanceof CircuitOpenError open) {
      return open.retryAfter();
    }
    return error instanceof RateLimitExceededError limited ? limited.retryAfter() : Duration.ZERO;
  }

  /** Never less than the base, as the standard says; jitter comes on top. */
  private Duration delay() {
    Duration shortest = base.isZero() ? SHORTEST_BASE : base;
    Duration first = shortest.multipliedBy(2);
    Duration cap = first.compareTo(LONGEST) > 0 ? first : LONGEST;
    int attempt = Math.max(1, withoutEvent);
    return atMostLongest(Backoff.exponential(first, cap).withEqualJitter().delay(attempt, random));
  }

  private Duration atMostLongest(Duration delay) {
    return delay.compareTo(longest) > 0 ? longest : delay;
  }

  /**
   * Whether another connection may fare better. What breaks the rules of HTTP, or redirects where
   * nobody may follow, will do so again, unless it was an event stream up to then.
   */
  private static boolean isTransient(FetchError error, boolean hadEvents) {
    if (error instanceof HttpStatusError failed) {
      return failed.status() >= 500 || failed.status() == 429 || failed.status() == 408;
    }
    if (error instanceof ConnectionError broken) {
      return switch (broken.kind()) {
        case DNS, CONNECT, RESET -> true;
        case PROTOCOL -> hadEvents;
        case TLS -> false;
      };
    }
    return error instanceof FetchTimeoutError
        || error instanceof BulkheadFullError
        || error instanceof CircuitOpenError
        || error instanceof RateLimitExceededError;
  }
}
