package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.RequestAccess;
import dev.fetchwell.internal.text.Checks;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A feed of server-sent events, parsed as the <a
 * href="https://html.spec.whatwg.org/multipage/server-sent-events.html">HTML standard</a> says,
 * that reconnects by itself. Immutable.
 *
 * <p>When the connection ends, breaks or goes silent, it waits and connects again with {@code
 * Last-Event-ID}, so that a server which keeps events loses none. The wait is what the server asked
 * for with {@code retry}, else 1 s; with each connection in a row that brought no event it doubles,
 * up to 30 s; jitter comes on top, and a longer {@code Retry-After} is honoured, all of it up to
 * {@link #maxReconnectDelay}. Each connection is a call with the client's timeouts and retries, and
 * each reconnect is told to the client's listeners.
 *
 * <p>A request whose method is not idempotent, such as a {@code POST} for a chat completion, is
 * never sent again: see {@link #once}.
 *
 * <p>Status 204 ends the feed; another status below 500 (but 408 and 429), another media type, an
 * answer that is not HTTP, a redirect that cannot be followed, or an event over {@link #maxLength}
 * fails it.
 *
 * <pre>{@code
 * EventStream.from(client.get("/events")).forEach(event -> handle(event.data()));
 * }</pre>
 */
public final class EventStream {

  private static final Duration ONE_SECOND = Duration.ofSeconds(1);
  private static final Duration ONE_MINUTE = Duration.ofSeconds(60);

  private final RequestSpec spec;

  // Written only while a copy is made, before anybody else sees it.
  private Duration reconnectDelay = ONE_SECOND;
  private Duration maxReconnectDelay = ONE_MINUTE;
  private int maxFailures = Integer.MAX_VALUE;
  private int maxLength = Lines.MAX_LENGTH;
  private String firstEventId = "";
  private boolean once;
  private @Nullable Predicate<? super ServerSentEvent> end;

  private EventStream(RequestSpec spec) {
    this.spec = spec;
  }

  private EventStream(EventStream other) {
    spec = other.spec;
    reconnectDelay = other.reconnectDelay;
    maxReconnectDelay = other.maxReconnectDelay;
    maxFailures = other.maxFailures;
    maxLength = other.maxLength;
    firstEventId = other.firstEventId;
    once = other.once;
    end = other.end;
  }

  /** A feed; the request is sent each time that it is consumed. */
  public static EventStream from(RequestSpec request) {
    RequestSpec spec =
        Objects.requireNonNull(request, "request").copy().accept("text/event-stream");
    RequestAccess.addHeaderIfAbsent(spec, "Cache-Control", "no-cache");
    EventStream stream = new EventStream(spec);
    stream.once = !RequestAccess.isIdempotent(spec);
    return stream;
  }

  /** The wait before the first reconnect, default 1 s, until the server asks for another. */
  public EventStream reconnectDelay(Duration delay) {
    EventStream copy = new EventStream(this);
    copy.reconnectDelay = Checks.positive("reconnectDelay", delay);
    return copy;
  }

  /**
   * The longest wait before a reconnect, default 60 s, whatever the server asks for with {@code
   * retry} or {@code Retry-After}. A longer {@link #reconnectDelay} of your own takes its place.
   */
  public EventStream maxReconnectDelay(Duration delay) {
    EventStream copy = new EventStream(this);
    copy.maxReconnectDelay = Checks.positive("maxReconnectDelay", delay);
    return copy;
  }

  /**
   * How many connections in a row may fail, without an event in between, before the feed fails with
   * the last error; default no limit. That a server closes a connection is no failure.
   */
  public EventStream maxFailures(int failures) {
    EventStream copy = new EventStream(this);
    copy.maxFailures = Checks.atLeast("maxFailures", failures, 0);
    return copy;
  }

  /** The most characters of one line and of one event's data, default 1,048,576. */
  public EventStream maxLength(int characters) {
    EventStream copy = new EventStream(this);
    copy.maxLength = Checks.atLeast("maxLength", characters, 1);
    return copy;
  }

  /** Goes on behind an event that was handled before, such as by another process. */
  public EventStream lastEventId(String id) {
    EventStream copy = new EventStream(this);
    copy.firstEventId = Objects.requireNonNull(id, "id");
    return copy;
  }

  /**
   * Never connects again: the feed ends with its first connection, and fails if that breaks. Until
   * the headers are here, the call's own retries go on. A method that is not idempotent, such as
   * {@code POST}, is always sent so, whatever the retry policy says.
   */
  public EventStream once() {
    EventStream copy = new EventStream(this);
    copy.once = true;
    return copy;
  }

  /**
   * Ends the feed at the first event that matches, which is not handed over, and closes the
   * connection without waiting for the server. Repeatable: it ends at what one of the conditions
   * matches. What a condition throws fails the feed as an {@code UnexpectedError}.
   *
   * <pre>{@code
   * EventStream.from(client.post("/v1/chat/completions").json(question))
   *     .until(event -> event.data().equals("[DONE]"))
   *     .forEach(event -> print(event.data()));
   * }</pre>
   */
  public EventStream until(Predicate<? super ServerSentEvent> condition) {
    EventStream copy = new EventStream(this);
    copy.end = PullUntil.either(end, condition);
    return copy;
  }

  /**
   * Hands each event over, one after the other, on a thread of the client's that the handler may
   * block.
   *
   * @return completes with the number of events when the feed ends; cancelling it closes the
   *     connection. What the handler throws fails it as an {@code UnexpectedError}
   */
  public CompletableFuture<Long> forEach(Consumer<? super ServerSentEvent> handler) {
    return source().forEach(handler);
  }

  /**
   * Hands each event over and waits for the handler's stage before the next; a handler that has
   * nothing to wait for may return null.
   *
   * @return as that of {@link #forEach}; it fails, as an {@code UnexpectedError} unless it is a
   *     {@code FetchError}, with what the handler's stage fails with. Cancelling it cancels that
   *     stage as well
   */
  public CompletableFuture<Long> forEachAsync(
      Function<? super ServerSentEvent, ? extends @Nullable CompletionStage<?>> handler) {
    return source().forEachAsync(handler);
  }

  /** The events as a publisher; each subscriber has a connection of its own. */
  public Flow.Publisher<ServerSentEvent> publisher() {
    return source().publisher();
  }

  private PullSource<ServerSentEvent> source() {
    Platform platform = RequestAccess.platformOf(spec);
    return new PullSource<>(
        platform, () -> PullUntil.of(new EventPull(request(), this, platform), end));
  }

  private RequestSpec request() {
    RequestSpec request = RequestAccess.prepared(spec.copy());
    if (once) {
      RequestAccess.keepFirstBody(request);
    }
    return request;
  }

  boolean isOnce() {
    return once;
  }

  Duration maxReconnectDelay() {
    return maxReconnectDelay;
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
