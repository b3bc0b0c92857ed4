package dev.fetchwell.policy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Says when the next attempt may be sent, such as one limiter for a whole fleet of processes. It
 * must be thread-safe: several clients may share it.
 *
 * <p>Asked for each attempt, also for retries, hedges and the hops of a redirect, after the
 * client's own limits and before a permit is taken. A client asks for one attempt at a time, in
 * order, on a thread of its own. So {@link #acquire} must not block: while it does, the next ones
 * wait, up to their deadlines. What blocks, such as a trip to a database, belongs on a thread of
 * the limiter's, which completes the future. Calls of the same client would wait for themselves.
 *
 * <pre>{@code
 * RateLimiter fleet = (host, atMost) -> redis.nextTurn(host).thenCompose(this::sleep);
 * }</pre>
 */
@FunctionalInterface
public interface RateLimiter {

  /**
   * A future that completes when an attempt may be sent to the host; on any thread, as the call
   * goes on on one of the client's.
   *
   * <p>It is cancelled when nobody waits for it any longer. What it fails with, or what this
   * throws, ends the call: a {@code RateLimitExceededError} as it is, anything else as the cause of
   * an {@code UnexpectedError}. A token that comes after the call's end is lost.
   *
   * @param host the host, with the port where it is not the scheme's own
   * @param atMost the time after which the call, or its {@code queueTimeout}, will have ended; a
   *     limiter that knows that it takes longer fails at once
   */
  CompletableFuture<@Nullable Void> acquire(String host, Duration atMost);
}
