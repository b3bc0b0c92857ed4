package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.CallListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down what a listener hears. */
final class EventRecorder implements CallListener {

  private final List<String> events = new ArrayList<>();

  List<String> events() {
    return events;
  }

  @Override
  public void callStarted(CallInfo call) {
    events.add("started");
  }

  @Override
  public void queued(CallInfo call) {
    events.add("queued");
  }

  @Override
  public void attemptStarted(CallInfo call, int attempt) {
    events.add("attempt " + attempt);
  }

  @Override
  public void attemptEnded(CallInfo call, int attempt, int status, @Nullable FetchError error) {
    events.add("attempt " + attempt + " ended: " + status + " " + name(error));
  }

  @Override
  public void retryScheduled(CallInfo call, int nextAttempt, Duration delay, FetchError error) {
    events.add("retry " + nextAttempt + " in " + delay);
  }

  @Override
  public void callEnded(CallInfo call, Duration elapsed, @Nullable FetchError error) {
    events.add("ended: " + name(error));
  }

  @Override
  public void callCancelled(CallInfo call, Duration elapsed) {
    events.add("cancelled");
  }

  private static String name(@Nullable FetchError error) {
    return error == null ? "-" : error.getClass().getSimpleName();
  }
}
