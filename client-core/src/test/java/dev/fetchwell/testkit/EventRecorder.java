package dev.fetchwell.testkit;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.observe.AttemptEnded;
import dev.fetchwell.observe.AttemptStarted;
import dev.fetchwell.observe.CallCancelled;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.CallStarted;
import dev.fetchwell.observe.CircuitChanged;
import dev.fetchwell.observe.Queued;
import dev.fetchwell.observe.RetryScheduled;
import dev.fetchwell.observe.StreamReconnecting;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes down what a listener hears. Thread-safe. */
public final class EventRecorder implements CallListener {

  private final List<Heard> heard = new CopyOnWriteArrayList<>();
  private final List<Duration> delays = new CopyOnWriteArrayList<>();

  /** Nothing was heard yet. */
  public EventRecorder() {}

  private record Heard(CallInfo call, String event) {}

  /** What was heard, in order, such as {@code attemptEnded 1 503 ServerStatusError}. */
  public List<String> events() {
    return heard.stream().map(Heard::event).toList();
  }

  /** The same, by the number of the call. */
  public Map<Long, List<String>> eventsByCall() {
    return heard.stream()
        .collect(groupingBy(each -> each.call().id(), mapping(Heard::event, toList())));
  }

  /** The calls that something was heard of. */
  public Set<CallInfo> calls() {
    return heard.stream().map(Heard::call).collect(Collectors.toSet());
  }

  /** How long each retry, and each reconnect of a stream, was to wait. */
  public List<Duration> delays() {
    return List.copyOf(delays);
  }

  /** Waits for an event that begins so. */
  public void awaitEvent(String start, Duration limit) {
    Eventually.holds(
        () -> events().stream().anyMatch(event -> event.startsWith(start)),
        () -> start + " among " + events(),
        limit);
  }

  @Override
  public void callStarted(CallStarted event) {
    hear(event.call(), "callStarted");
  }

  @Override
  public void queued(Queued event) {
    hear(event.call(), "queued");
  }

  @Override
  public void attemptStarted(AttemptStarted event) {
    hear(event.call(), "attemptStarted " + event.attempt());
  }

  @Override
  public void attemptEnded(AttemptEnded event) {
    hear(
        event.call(),
        "attemptEnded " + event.attempt() + " " + event.status() + name(event.error()));
  }

  @Override
  public void retryScheduled(RetryScheduled event) {
    delays.add(event.delay());
    hear(event.call(), "retryScheduled " + event.nextAttempt() + name(event.error()));
  }

  @Override
  public void streamReconnecting(StreamReconnecting event) {
    delays.add(event.delay());
    hear(
        event.call(),
        "streamReconnecting"
            + (event.hasLastEventId() ? " behind an event" : "")
            + name(event.cause()));
  }

  @Override
  public void circuitChanged(CircuitChanged event) {
    hear(event.call(), "circuitChanged " + event.host() + " " + event.from() + " " + event.to());
  }

  @Override
  public void callEnded(CallEnded event) {
    hear(event.call(), "callEnded " + event.status() + name(event.error()));
  }

  @Override
  public void callCancelled(CallCancelled event) {
    hear(event.call(), "callCancelled");
  }

  private void hear(CallInfo call, String event) {
    heard.add(new Heard(call, event));
  }

  private static String name(@Nullable FetchError error) {
    return error == null ? "" : " " + error.getClass().getSimpleName();
  }
}
