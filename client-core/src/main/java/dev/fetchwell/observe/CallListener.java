package dev.fetchwell.observe;

import dev.fetchwell.error.FetchError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens to each call, such as for metrics or logs. Must be thread-safe.
 *
 * <p>Events of one call come in order, on the thread that works on the call at that moment; never
 * on the timer's thread and never under a lock. An implementation must not block. What it throws is
 * logged and does not touch the call.
 */
public interface CallListener {

  /** A call begins. */
  default void callStarted(CallInfo call) {}

  /** The call waits, because all permits are taken. */
  default void queued(CallInfo call) {}

  /** An attempt begins, numbered from 1. */
  default void attemptStarted(CallInfo call, int attempt) {}

  /**
   * An attempt ended.
   *
   * @param status the status that came, or 0 if none did
   * @param error why it failed, or null
   */
  default void attemptEnded(CallInfo call, int attempt, int status, @Nullable FetchError error) {}

  /** Another attempt will begin after the delay. */
  default void retryScheduled(CallInfo call, int nextAttempt, Duration delay, FetchError error) {}

  /**
   * The call ended; the caller's future completes right after.
   *
   * @param elapsed from the call's start
   * @param error why it failed, or null if it succeeded or was cancelled
   */
  default void callEnded(CallInfo call, Duration elapsed, @Nullable FetchError error) {}

  /** The call's caller cancelled it. Comes instead of {@link #callEnded}. */
  default void callCancelled(CallInfo call, Duration elapsed) {}
}
