package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.Pull;
import dev.fetchwell.internal.call.RequestAccess;
import dev.fetchwell.internal.pipeline.Decoding;
import dev.fetchwell.internal.text.Checks;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
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
 * A response with one JSON value on each line (<a href="https://github.com/ndjson/ndjson-spec">ND
 * JSON</a>, JSON Lines), value by value; blank lines are skipped. Immutable.
 *
 * <p>No more is read than is consumed. A line that cannot be decoded as such a value ends it with a
 * {@code DecodeError}.
 *
 * <pre>{@code
 * NdJson.from(client.get("/rows"), Row.class).forEach(row -> store.save(row));
 * }</pre>
 *
 * @param <T> the values' type
 */
public final class NdJson<T> {

  private final RequestSpec spec;
  private final Type type;
  private final int maxLength;
  private final @Nullable Predicate<? super T> end;

  private NdJson(RequestSpec spec, Type type, int maxLength, @Nullable Predicate<? super T> end) {
    this.spec = spec;
    this.type = type;
    this.maxLength = maxLength;
    this.end = end;
  }

  private static <T> NdJson<T> of(RequestSpec request, Type type) {
    RequestSpec spec = Objects.requireNonNull(request, "request").copy();
    LinePull.keepFirstBodyUnlessIdempotent(spec);
    return new NdJson<>(spec, type, Lines.MAX_LENGTH, null);
  }

  /** The values of a response; the request is sent each time that they are consumed. */
  public static <T> NdJson<T> from(RequestSpec request, Class<T> type) {
    return of(request, Objects.requireNonNull(type, "type"));
  }

  /** The values, of a generic type, of a response. */
  public static <T> NdJson<T> from(RequestSpec request, TypeRef<T> type) {
    return of(request, Objects.requireNonNull(type, "type").type());
  }

  /** The longest line in characters, default 1,048,576. */
  public NdJson<T> maxLength(int characters) {
    return new NdJson<>(spec, type, Checks.atLeast("maxLength", characters, 1), end);
  }

  /**
   * Never asks again once the headers are here, also if the body breaks off before its first byte.
   * A method that is not idempotent, such as {@code POST}, is always sent so.
   */
  public NdJson<T> once() {
    RequestSpec first = spec.copy();
    RequestAccess.keepFirstBody(first);
    return new NdJson<>(first, type, maxLength, end);
  }

  /**
   * Ends at the first value that matches, which is not handed over, and closes the connection
   * without waiting for the server. Repeatable: it ends at what one of the conditions matches. What
   * a condition throws fails it as an {@code UnexpectedError}.
   */
  public NdJson<T> until(Predicate<? super T> condition) {
    return new NdJson<>(spec, type, maxLength, PullUntil.either(end, condition));
  }

  /**
   * Hands each value over, one after the other, on a thread of the client's that the handler may
   * block.
   *
   * @return completes with the number of values; cancelling it closes the connection. What the
   *     handler throws fails it as an {@code UnexpectedError}
   */
  public CompletableFuture<Long> forEach(Consumer<? super T> handler) {
    return source().forEach(handler);
  }

  /**
   * Hands each value over and waits for the handler's stage before the next; a handler that has
   * nothing to wait for may return null.
   *
   * @return as that of {@link #forEach}; it fails, as an {@code UnexpectedError} unless it is a
   *     {@code FetchError}, with what the handler's stage fails with. Cancelling it cancels that
   *     stage as well
   */
  public CompletableFuture<Long> forEachAsync(
      Function<? super T, ? extends @Nullable CompletionStage<?>> handler) {
    return source().forEachAsync(handler);
  }

  /** The values as a publisher; each subscriber sends the request again. */
  public Flow.Publisher<T> publisher() {
    return source().publisher();
  }

  private PullSource<T> source() {
    Platform platform = RequestAccess.platformOf(spec);
    return new PullSource<>(platform, () -> PullUntil.of(pull(platform), end));
  }

  private Pull<T> pull(Platform platform) {
    LinePull lines = new LinePull(RequestAccess.prepared(spec.copy()), maxLength, platform);
    return new Pull<>() {

      @Override
      public @Nullable T next() {
        String line = lines.next();
        while (line != null && line.isBlank()) {
          line = lines.next();
        }
        return line == null ? null : decode(line, lines);
      }

      @Override
      public void cancel() {
        lines.cancel();
      }
    };
  }

  @SuppressWarnings("unchecked") // The codec was asked for exactly this type.
  private T decode(String line, LinePull lines) {
    StreamedResponse response = lines.response();
    String where = "line " + lines.number() + ": ";
    CallFacts facts =
        response == null ? new CallFacts("", "", 0, Duration.ZERO, true) : response.facts();
    Object value;
    try {
      value = spec.codec().decode(line.getBytes(StandardCharsets.UTF_8), type);
    } catch (Throwable thrown) {
      throw new DecodeError(
          type, where + Decoding.problem(thrown), line, facts, Decoding.cause(thrown));
    }
    if (value == null) {
      throw new DecodeError(type, where + "the literal null", line, facts, null);
    }
    return (T) value;
  }
}
