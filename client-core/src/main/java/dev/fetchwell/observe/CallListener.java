package dev.fetchwell.observe;

/**
 * Is told what happens to each call, such as for metrics or logs. Must be thread-safe.
 *
 * <p>Events of one call come one at a time and in order, on the thread that works on the call at
 * that moment, never on a timer's thread and never under a lock. None comes after {@link
 * #callEnded} or {@link #callCancelled}, but for {@link #streamReconnecting}; an attempt that is
 * given up with its call ends right before. An implementation must not block, as the call waits for
 * it. Whatever it throws is logged and does not change the call.
 *
 * <p>Each event is one record, so that facts can be added to it without breaking an implementation.
 * All events of a call come with the same {@link CallInfo}. A streamed call has ended when its
 * headers are here; if its body breaks off before the first byte, it goes on as a call of its own,
 * with a {@code CallInfo} of its own.
 *
 * <pre>{@code
 * CallListener slow = new CallListener() {
 *   public void callEnded(CallEnded event) {
 *     if (event.elapsed().toSeconds() > 1) log.warn("slow: {}", event.call());
 *   }
 * };
 * }</pre>
 */
public interface CallListener {

  /**
   * Whether it wants to hear of a call that begins now; asked on the caller's thread, so it must be
   * quick. While no listener of a client does, its calls cost no more than without one. It may be
   * told of a call all the same, as another listener hears of it.
   */
  default boolean hears() {
    return true;
  }

  /**
   * How many bytes of each answer's body it wants to see in {@link Exchanged#body}; asked when a
   * call begins. They are kept until the attempt's end is told.
   */
  default int bodyBytes() {
    return 0;
  }

  /** A call begins. */
  default void callStarted(CallStarted event) {}

  /** The call waits, because all permits are taken. */
  default void queued(Queued event) {}

  /** An attempt begins, numbered from 1. */
  default void attemptStarted(AttemptStarted event) {}

  /** An attempt ended: with a status, with an error, or given up together with its call. */
  default void attemptEnded(AttemptEnded event) {}

  /** The server sent the call elsewhere, where the same attempt goes on. */
  default void redirected(Redirected event) {}

  /** Another attempt will begin after a delay. */
  default void retryScheduled(RetryScheduled event) {}

  /**
   * An {@code EventStream} connects again after a delay, by a call of its own. Comes with the call
   * that was lost, after its end.
   */
  default void streamReconnecting(StreamReconnecting event) {}

  /** An attempt waits for a rate limit, or until a host that asked for it is left alone. */
  default void throttled(Throttled event) {}

  /** Another attempt begins beside one that is slow. */
  default void hedged(Hedged event) {}

  /** The call shares the answer of an identical one that runs already. */
  default void flightJoined(FlightJoined event) {}

  /** The circuit breaker of the host went to another state, because of this call. */
  default void circuitChanged(CircuitChanged event) {}

  /** The adaptive limit of the host has changed, because of this call. */
  default void limitChanged(LimitChanged event) {}

  /** The call ended, with a value or an error; the caller's future completes right after. */
  default void callEnded(CallEnded event) {}

  /**
   * The call was cancelled, or ended by its closing client. Comes instead of {@link #callEnded}.
   */
  default void callCancelled(CallCancelled event) {}
}
