package dev.fetchwell.socket;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.CircuitOpenError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.RateLimitExceededError;
import dev.fetchwell.error.UnexpectedError;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Whether and when a socket connects again. Guarded by the socket's lock. */
final class Reconnects {

  private final SocketSettings settings;
  private final RandomGenerator random;
  private int failures;

  Reconnects(SocketSettings settings, RandomGenerator random) {
    this.settings = settings;
    this.random = random;
  }

  /** A connection ended that had been up for so long. */
  void wasUpFor(Duration time) {
    if (time.compareTo(settings.stable()) >= 0) {
      failures = 0;
    }
  }

  /** Counts a failure; false if there were too many in a row. */
  boolean mayGoOn() {
    failures++;
    return failures <= settings.maxFailures;
  }

  /**
   * The delay after the failure that was counted last. What a server asked for, or what is left
   * until a circuit breaker or a rate limit lets attempts through, comes on top of the jitter, for
   * it is the same for everybody.
   */
  Duration delayAfter(FetchError error) {
    Duration backoff = settings.backoff.delay(failures, random);
    Duration asked = askedBy(error);
    Duration cap = settings.retryAfterCap;
    return backoff.plus(asked.compareTo(cap) > 0 ? cap : asked);
  }

  private static Duration askedBy(FetchError error) {
    if (error instanceof HttpStatusError refused) {
      return refused.retryAfter().orElse(Duration.ZERO);
    }
    if (error instanceof CircuitOpenError open) {
      return open.retryAfter();
    }
    return error instanceof RateLimitExceededError limited ? limited.retryAfter() : Duration.ZERO;
  }

  /** Whether a handshake that failed in this way may succeed later. */
  static boolean isTransient(FetchError error) {
    if (error instanceof HttpStatusError refused) {
      int status = refused.status();
      return status >= 500 || status == 408 || status == 425 || status == 429;
    }
    if (error instanceof ConnectionError broken) {
      return switch (broken.kind()) {
        case DNS, CONNECT, RESET -> true;
        case TLS, PROTOCOL -> false;
      };
    }
    // Such as no thread at the moment; anything else that was thrown is a bug.
    boolean outOfMemory =
        error instanceof UnexpectedError && error.getCause() instanceof OutOfMemoryError;
    return error instanceof FetchTimeoutError
        || error instanceof BulkheadFullError
        || error instanceof CircuitOpenError
        || error instanceof RateLimitExceededError
        || outOfMemory;
  }
}
