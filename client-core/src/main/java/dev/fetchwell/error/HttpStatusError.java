package dev.fetchwell.error;

import dev.fetchwell.internal.text.HeaderMap;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The final status was 400 or more, once retries had ended.
 *
 * <pre>{@code
 * if (FetchError.of(thrown) instanceof HttpStatusError failed && failed.status() == 404) { ... }
 * }</pre>
 */
public sealed class HttpStatusError extends FetchError
    permits ClientStatusError, ServerStatusError {

  /** How many bytes of the response's body an error keeps at most. */
  public static final int MAX_BODY_BYTES = 64 * 1024;

  private static final int PROXY_AUTHENTICATION = 407;

  private static final long serialVersionUID = 1L;

  private final transient StatusFacts response;

  /** For {@link #bodyAs}; null for an error that was made without one, or read from a file. */
  private transient @Nullable BiFunction<? super HttpStatusError, ? super Type, ?> decoder;

  HttpStatusError(StatusFacts response, CallFacts facts) {
    super(problem(response, facts), facts, null);
    this.response = response;
  }

  private static String problem(StatusFacts response, CallFacts facts) {
    String wait =
        response.retryAfter().map(asked -> ", Retry-After: " + asked.toSeconds() + " s").orElse("");
    String hint =
        response.status() == PROXY_AUTHENTICATION && !facts.proxy().isEmpty()
            ? ", the proxy wants credentials: give okHttp(...) an OkHttpClient with a"
                + " proxyAuthenticator"
            : "";
    return "status " + response.status() + wait + hint;
  }

  /**
   * The error for a status, of the right subtype; such as for a test double.
   *
   * @param headers the response's headers, looked up ignoring case
   * @param body its body, of which {@value #MAX_BODY_BYTES} bytes are kept
   * @param retryAfter how long the server asked to wait, or null
   */
  public static HttpStatusError of(
      int status,
      Map<String, List<String>> headers,
      byte[] body,
      @Nullable Duration retryAfter,
      CallFacts facts) {
    Objects.requireNonNull(headers, "headers");
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(facts, "facts");
    return of(new StatusFacts(status, headers, body, Optional.ofNullable(retryAfter)), facts);
  }

  private static HttpStatusError of(StatusFacts response, CallFacts facts) {
    if (response.status() == 429) {
      return new RateLimitedError(response, facts);
    }
    return response.status() < 500
        ? new ClientStatusError(response, facts)
        : new ServerStatusError(response, facts);
  }

  @Override
  final HttpStatusError copy(CallFacts others) {
    HttpStatusError copy = of(response, others);
    copy.decoder = decoder;
    return copy;
  }

  /**
   * The error for a status, of the right subtype, whose body can be decoded.
   *
   * @param decoder makes a value of a type of the error's body; for {@link #bodyAs}
   */
  public static HttpStatusError of(
      int status,
      Map<String, List<String>> headers,
      byte[] body,
      @Nullable Duration retryAfter,
      CallFacts facts,
      BiFunction<? super HttpStatusError, ? super Type, ?> decoder) {
    HttpStatusError error = of(status, headers, body, retryAfter, facts);
    error.decoder = Objects.requireNonNull(decoder, "decoder");
    return error;
  }

  /** The status code. */
  public final int status() {
    return response.status();
  }

  /** The response's headers; keys ignore case. */
  public final Map<String, List<String>> headers() {
    return response.headers();
  }

  /** The first value of a response header, ignoring case. */
  public final Optional<String> header(String name) {
    return Optional.ofNullable(HeaderMap.first(response.headers(), name));
  }

  /** The first {@value #MAX_BODY_BYTES} bytes of the body. */
  public final byte[] body() {
    return response.body().clone();
  }

  /** {@link #body()} as UTF-8, such as for a problem document. */
  public final String bodyText() {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  /**
   * The JSON body as a value, such as a problem document, by the codec of the client whose call
   * failed. It is decoded again each time, on the thread that calls this.
   *
   * <pre>{@code
   * if (FetchError.of(thrown) instanceof ClientStatusError failed) {
   *   show(failed.bodyAs(Problem.class).detail());
   * }
   * }</pre>
   *
   * @throws DecodeError if the body is empty, the literal {@code null}, no such JSON, or longer
   *     than {@value #MAX_BODY_BYTES} bytes
   * @throws IllegalStateException if this was made without a decoder, as in a test
   */
  @SuppressWarnings("unchecked") // It was asked for just this.
  public final <T> T bodyAs(Class<T> type) {
    Objects.requireNonNull(type, "type");
    BiFunction<? super HttpStatusError, ? super Type, ?> known = decoder;
    if (known == null) {
      throw new IllegalStateException(
          "an error that was made without a decoder (expected: one of a client's, or one of the"
              + " of() that takes a decoder)");
    }
    return (T) known.apply(this, type);
  }

  /** How long the server asked to wait before another request, counted from this response. */
  public final Optional<Duration> retryAfter() {
    return response.retryAfter();
  }
}
