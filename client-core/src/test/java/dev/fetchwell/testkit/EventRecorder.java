package dev.fetchwell.testkit;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.observe.AttemptEnded;
import dev.fetchwell.observe.AttemptStarted;
import dev.fetchwell.observe.CallCancelled;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.CallStarted;
import dev.fetchwell.observe.Queued;
import dev.fetchwell.observe.RetryScheduled;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Writes down what a listener hears. Thread-safe. */
public final class EventRecorder implements CallListener {

  private final List<String> events = new CopyOnWriteArrayList<>();

  /** Nothing was heard yet. */
  public EventRecorder() {}

  /** What was heard, in order. */
  public List<String> events() {
    return List.copyOf(events);
  }

  @Override
  public void callStarted(CallStarted event) {
    events.add("started");
  }

  @Override
  public void queued(Queued event) {
    events.add("queued");
  }

  @Override
  public void attemptStarted(AttemptStarted event) {
    events.add("attempt " + event.attempt());
  }

  @Override
  public void attemptEnded(AttemptEnded event) {
    events.add(
        "attempt " + event.attempt() + " ended: " + event.status() + " " + name(event.error()));
  }

  @Override
  public void retryScheduled(RetryScheduled event) {
    events.add("retry " + event.nextAttempt() + " in " + event.delay());
  }

  @Override
  public void callEnded(CallEnded event) {
    events.add("ended: " + event.status() + " " + name(event.error()));
  }

  @Override
  public void callCancelled(CallCancelled event) {
    events.add("cancelled");
  }

  private static String name(@Nullable FetchError error) {
    return error == null ? "-" : error.getClass().getSimpleName();
  }
}
