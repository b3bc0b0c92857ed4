package dev.fetchwell.policy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Says when the next attempt may be sent, such as one limiter for a whole fleet of processes. It
 * must be thread-safe, and must not block.
 *
 * <p>Asked for each attempt, before it takes a permit.
 */
@FunctionalInterface
public interface RateLimiter {

  /**
   * A future that completes when an attempt may be sent to the host.
   *
   * <p>It is cancelled when nobody waits for it any longer. What it fails with ends the call; a
   * {@code RateLimitExceededError} as it is.
   *
   * @param host the host, with the port where it is not the scheme's own
   * @param atMost the time after which the call would have ended
   */
  CompletableFuture<@Nullable Void> acquire(String host, Duration atMost);
}
