package dev.fetchwell.observe;

import java.time.Duration;

/**
 * An attempt waits before it may be sent, holding no permit.
 *
 * @param call which call
 * @param reason what it waits for
 * @param key the host, or the key of the cool-down
 * @param delay how long, as far as that is known; zero if not
 */
public record Throttled(CallInfo call, Reason reason, String key, Duration delay) {

  /** What an attempt waits for. */
  public enum Reason {
    /** The client's rate limit, or a rate limiter of its own. */
    RATE_LIMIT,
    /** The end of the time for which an answer asked to be left alone. */
    COOL_DOWN
  }
}
