package dev.fetchwell.wire;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.observe.AttemptEnded;
import dev.fetchwell.observe.AttemptStarted;
import dev.fetchwell.observe.CallCancelled;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.CallStarted;
import dev.fetchwell.observe.Queued;
import dev.fetchwell.observe.RetryScheduled;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Writes down what a listener hears. */
final class Recorder implements CallListener {

  private final List<String> events = new CopyOnWriteArrayList<>();
  private final Set<CallInfo> calls = ConcurrentHashMap.newKeySet();

  /** Such as {@code attemptEnded 1 503 ServerStatusError}. */
  List<String> events() {
    return List.copyOf(events);
  }

  Set<CallInfo> calls() {
    return Set.copyOf(calls);
  }

  /** Waits for an event that begins so. */
  void awaitEvent(String start) {
    Wire.await(
        () -> events.stream().anyMatch(event -> event.startsWith(start)),
        () -> start + " among " + events);
  }

  /** Retries everything that is safe, once, after a fixed delay. */
  static RetryPolicy retryAfter(Duration delay) {
    return RetryPolicy.builder()
        .maxAttempts(2)
        .backoff(Backoff.fixed(delay).withoutJitter())
        .build();
  }

  private void heard(CallInfo call, String event) {
    calls.add(call);
    events.add(event);
  }

  private static String name(@Nullable FetchError error) {
    return error == null ? "" : " " + error.getClass().getSimpleName();
  }

  @Override
  public void callStarted(CallStarted event) {
    heard(event.call(), "callStarted");
  }

  @Override
  public void queued(Queued event) {
    heard(event.call(), "queued");
  }

  @Override
  public void attemptStarted(AttemptStarted event) {
    heard(event.call(), "attemptStarted " + event.attempt());
  }

  @Override
  public void attemptEnded(AttemptEnded event) {
    heard(
        event.call(),
        "attemptEnded " + event.attempt() + " " + event.status() + name(event.error()));
  }

  @Override
  public void retryScheduled(RetryScheduled event) {
    heard(event.call(), "retryScheduled " + event.nextAttempt() + name(event.error()));
  }

  @Override
  public void callEnded(CallEnded event) {
    heard(event.call(), "callEnded" + name(event.error()));
  }

  @Override
  public void callCancelled(CallCancelled event) {
    heard(event.call(), "callCancelled");
  }
}
