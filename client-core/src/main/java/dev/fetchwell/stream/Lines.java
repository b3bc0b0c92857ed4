package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.RequestAccess;
import dev.fetchwell.internal.text.Checks;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A text response line by line, in the charset of its {@code Content-Type}, else UTF-8. Lines end
 * with LF, CR or CRLF; a last one without an end counts. Immutable.
 *
 * <p>No more is read than is consumed. A line over the longest length ends it with a {@code
 * BodyTooLargeError}, silence with {@code FetchTimeoutError(IDLE)}.
 *
 * <pre>{@code
 * Lines.from(client.get("/log")).forEach(line -> index(line));
 * }</pre>
 */
public final class Lines {

  /** The longest line by default, in characters. */
  static final int MAX_LENGTH = 1024 * 1024;

  private final RequestSpec spec;
  private final int maxLength;
  private final @Nullable Predicate<? super String> end;

  private Lines(RequestSpec spec, int maxLength, @Nullable Predicate<? super String> end) {
    this.spec = spec;
    this.maxLength = maxLength;
    this.end = end;
  }

  /** The lines of a response; the request is sent each time that they are consumed. */
  public static Lines from(RequestSpec request) {
    RequestSpec spec = Objects.requireNonNull(request, "request").copy();
    LinePull.keepFirstBodyUnlessIdempotent(spec);
    return new Lines(spec, MAX_LENGTH, null);
  }

  /** The longest line in characters, default 1,048,576. */
  public Lines maxLength(int characters) {
    return new Lines(spec, Checks.atLeast("maxLength", characters, 1), end);
  }

  /**
   * Never asks again once the headers are here, also if the body breaks off before its first byte.
   * A method that is not idempotent, such as {@code POST}, is always sent so.
   */
  public Lines once() {
    RequestSpec first = spec.copy();
    RequestAccess.keepFirstBody(first);
    return new Lines(first, maxLength, end);
  }

  /**
   * Ends at the first line that matches, which is not handed over, and closes the connection
   * without waiting for the server. Repeatable: it ends at what one of the conditions matches. What
   * a condition throws fails it as an {@code UnexpectedError}.
   */
  public Lines until(Predicate<? super String> condition) {
    return new Lines(spec, maxLength, PullUntil.either(end, condition));
  }

  /**
   * Hands each line over, one after the other, on a thread of the client's that the handler may
   * block.
   *
   * @return completes with the number of lines; cancelling it closes the connection. What the
   *     handler throws fails it as an {@code UnexpectedError}
   */
  public CompletableFuture<Long> forEach(Consumer<? super String> handler) {
    return source().forEach(handler);
  }

  /**
   * Hands each line over and waits for the handler's stage before the next; a handler that has
   * nothing to wait for may return null.
   *
   * @return as that of {@link #forEach}; it fails, as an {@code UnexpectedError} unless it is a
   *     {@code FetchError}, with what the handler's stage fails with. Cancelling it cancels that
   *     stage as well
   */
  public CompletableFuture<Long> forEachAsync(
      Function<? super String, ? extends @Nullable CompletionStage<?>> handler) {
    return source().forEachAsync(handler);
  }

  /** The lines as a publisher; each subscriber sends the request again. */
  public Flow.Publisher<String> publisher() {
    return source().publisher();
  }

  private PullSource<String> source() {
    Platform platform = RequestAccess.platformOf(spec);
    return new PullSource<>(
        platform,
        () ->
            PullUntil.of(
                new LinePull(RequestAccess.prepared(spec.copy()), maxLength, platform), end));
  }
}
