package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.CallListener;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells all listeners of one call what happens to it; what a listener throws stays here. */
public final class CallEvents {

  private final CallInfo call;
  private final List<CallListener> listeners;

  /** Events of one call. */
  public CallEvents(CallInfo call, List<CallListener> listeners) {
    this.call = call;
    this.listeners = listeners;
  }

  /** The call begins. */
  public void callStarted() {
    tell(listener -> listener.callStarted(call));
  }

  /** The call ends with a value, or an error. */
  public void callEnded(Duration elapsed, @Nullable FetchError error) {
    tell(listener -> listener.callEnded(call, elapsed, error));
  }

  /** The call was cancelled. */
  public void callCancelled(Duration elapsed) {
    tell(listener -> listener.callCancelled(call, elapsed));
  }

  void queued() {
    tell(listener -> listener.queued(call));
  }

  void attemptStarted(int attempt) {
    tell(listener -> listener.attemptStarted(call, attempt));
  }

  void attemptEnded(int attempt, int status, @Nullable FetchError error) {
    tell(listener -> listener.attemptEnded(call, attempt, status, error));
  }

  void retryScheduled(int nextAttempt, Duration delay, FetchError error) {
    tell(listener -> listener.retryScheduled(call, nextAttempt, delay, error));
  }

  private void tell(Consumer<CallListener> event) {
    for (CallListener listener : listeners) {
      Foreign.run(() -> event.accept(listener));
    }
  }
}
