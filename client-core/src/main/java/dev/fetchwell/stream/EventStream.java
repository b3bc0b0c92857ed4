package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.RequestAccess;
import dev.fetchwell.internal.text.Checks;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A feed of server-sent events, parsed as the <a
 * href="https://html.spec.whatwg.org/multipage/server-sent-events.html">HTML standard</a> says,
 * that reconnects by itself. Immutable.
 *
 * <p>When the connection ends, breaks or goes silent, it waits and connects again with {@code
 * Last-Event-ID}, so that a server which keeps events loses none. The wait is what the server asked
 * for with {@code retry}, else 1 s; with each failure in a row it doubles, up to 30 s; jitter comes
 * on top, and a longer {@code Retry-After} is honoured. Each connection is a call with the client's
 * timeouts and retries.
 *
 * <p>Status 204 ends the feed; another status below 500 (but 408 and 429), another media type, or
 * an event over {@link #maxLength} fails it.
 *
 * <pre>{@code
 * EventStream.from(client.get("/events")).forEach(event -> handle(event.data()));
 * }</pre>
 */
public final class EventStream {

  private final RequestSpec spec;
  private final Duration reconnectDelay;
  private final int maxFailures;
  private final int maxLength;
  private final String firstEventId;

  private EventStream(
      RequestSpec spec,
      Duration reconnectDelay,
      int maxFailures,
      int maxLength,
      String firstEventId) {
    this.spec = spec;
    this.reconnectDelay = reconnectDelay;
    this.maxFailures = maxFailures;
    this.maxLength = maxLength;
    this.firstEventId = firstEventId;
  }

  /** A feed; the request is sent each time that it is consumed. */
  public static EventStream from(RequestSpec request) {
    RequestSpec spec =
        Objects.requireNonNull(request, "request").copy().accept("text/event-stream");
    return new EventStream(
        spec.header("Cache-Control", "no-store"),
        Duration.ofSeconds(1),
        Integer.MAX_VALUE,
        Lines.MAX_LENGTH,
        "");
  }

  /** The wait before the first reconnect, default 1 s, until the server asks for another. */
  public EventStream reconnectDelay(Duration delay) {
    Checks.positive("reconnectDelay", delay);
    return new EventStream(spec, delay, maxFailures, maxLength, firstEventId);
  }

  /**
   * How many connections in a row may fail, without an event in between, before the feed fails with
   * the last error; default no limit. That a server closes a connection is no failure.
   */
  public EventStream maxFailures(int failures) {
    Checks.atLeast("maxFailures", failures, 0);
    return new EventStream(spec, reconnectDelay, failures, maxLength, firstEventId);
  }

  /** The most characters of one line and of one event's data, default 1,048,576. */
  public EventStream maxLength(int characters) {
    Checks.atLeast("maxLength", characters, 1);
    return new EventStream(spec, reconnectDelay, maxFailures, characters, firstEventId);
  }

  /** Goes on behind an event that was handled before, such as by another process. */
  public EventStream lastEventId(String id) {
    Objects.requireNonNull(id, "id");
    return new EventStream(spec, reconnectDelay, maxFailures, maxLength, id);
  }

  /**
   * Hands each event over and waits for the handler's future before the next.
   *
   * @return completes with the number of events when the server ends the feed with a 204;
   *     cancelling it closes the connection
   */
  public CompletableFuture<Long> forEach(
      Function<? super ServerSentEvent, ? extends @Nullable CompletableFuture<?>> handler) {
    return source().forEach(handler);
  }

  /** The events as a publisher; each subscriber has a connection of its own. */
  public Flow.Publisher<ServerSentEvent> publisher() {
    return source().publisher();
  }

  private PullSource<ServerSentEvent> source() {
    Platform platform = RequestAccess.platformOf(spec);
    return new PullSource<>(platform, () -> new EventPull(spec.copy(), this, platform));
  }

  Duration reconnectDelay() {
    return reconnectDelay;
  }

  int maxFailures() {
    return maxFailures;
  }

  int maxLength() {
    return maxLength;
  }

  String firstEventId() {
    return firstEventId;
  }
}
