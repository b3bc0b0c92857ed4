package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.RequestAccess;
import dev.fetchwell.internal.text.Checks;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

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

  private Lines(RequestSpec spec, int maxLength) {
    this.spec = spec;
    this.maxLength = maxLength;
  }

  /** The lines of a response; the request is sent each time that they are consumed. */
  public static Lines from(RequestSpec request) {
    return new Lines(Objects.requireNonNull(request, "request").copy(), MAX_LENGTH);
  }

  /** The longest line in characters, default 1,048,576. */
  public Lines maxLength(int characters) {
    return new Lines(spec, Checks.atLeast("maxLength", characters, 1));
  }

  /**
   * Hands each line over, on a thread of the client's that the handler may block.
   *
   * @return completes with the number of lines; cancelling it closes the connection. What the
   *     handler throws fails it as an {@code UnexpectedError}
   */
  public CompletableFuture<Long> forEach(Consumer<? super String> handler) {
    Objects.requireNonNull(handler, "handler");
    return source()
        .forEach(
            line -> {
              handler.accept(line);
              return null;
            });
  }

  /** The lines as a publisher; each subscriber sends the request again. */
  public Flow.Publisher<String> publisher() {
    return source().publisher();
  }

  private PullSource<String> source() {
    Platform platform = RequestAccess.platformOf(spec);
    return new PullSource<>(platform, () -> new LinePull(spec.copy(), maxLength, platform));
  }
}
