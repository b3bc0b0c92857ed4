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
import java.util.concurrent.Flow;
import java.util.function.Function;
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

  private NdJson(RequestSpec spec, Type type, int maxLength) {
    this.spec = spec;
    this.type = type;
    this.maxLength = maxLength;
  }

  /** The values of a response; the request is sent each time that they are consumed. */
  public static <T> NdJson<T> from(RequestSpec request, Class<T> type) {
    return new NdJson<>(
        Objects.requireNonNull(request, "request").copy(),
        Objects.requireNonNull(type, "type"),
        Lines.MAX_LENGTH);
  }

  /** The values, of a generic type, of a response. */
  public static <T> NdJson<T> from(RequestSpec request, TypeRef<T> type) {
    return new NdJson<>(
        Objects.requireNonNull(request, "request").copy(),
        Objects.requireNonNull(type, "type").type(),
        Lines.MAX_LENGTH);
  }

  /** The longest line in characters, default 1,048,576. */
  public NdJson<T> maxLength(int characters) {
    return new NdJson<>(spec, type, Checks.atLeast("maxLength", characters, 1));
  }

  /**
   * Hands each value over and waits for the handler's future before the next.
   *
   * @return completes with the number of values; cancelling it closes the connection
   */
  public CompletableFuture<Long> forEach(
      Function<? super T, ? extends @Nullable CompletableFuture<?>> handler) {
    return source().forEach(handler);
  }

  /** The values as a publisher; each subscriber sends the request again. */
  public Flow.Publisher<T> publisher() {
    return source().publisher();
  }

  private PullSource<T> source() {
    Platform platform = RequestAccess.platformOf(spec);
    return new PullSource<>(platform, () -> pull(platform));
  }

  private Pull<T> pull(Platform platform) {
    LinePull lines = new LinePull(spec.copy(), maxLength, platform);
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
