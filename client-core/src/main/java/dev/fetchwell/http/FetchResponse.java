package dev.fetchwell.http;

import dev.fetchwell.internal.text.HeaderMap;
import dev.fetchwell.internal.text.MediaCharset;
import dev.fetchwell.internal.text.RequestUri;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A whole response, with its body in memory. Immutable and thread-safe, as long as nobody writes
 * into {@link #body()}.
 *
 * <pre>{@code
 * FetchResponse response = client.get("/users").asResponse().join();
 * if (response.status() == 404) { ... }
 * }</pre>
 */
public final class FetchResponse {

  private final int status;
  private final Map<String, List<String>> headers;
  private final byte[] body;
  private final URI url;
  private final int attempts;
  private final Duration elapsed;
  private final BiFunction<? super FetchResponse, ? super Type, ?> decoder;

  /**
   * Creates a response, such as for a test double; one that decodes nothing.
   *
   * @param status the status code
   * @param headers the headers; looked up ignoring case
   * @param body the decoded body; not copied
   * @param url the address after redirects
   * @param attempts how many requests were sent for it
   * @param elapsed the time from the call's start
   */
  public FetchResponse(
      int status,
      Map<String, List<String>> headers,
      byte[] body,
      URI url,
      int attempts,
      Duration elapsed) {
    this(status, headers, body, url, attempts, elapsed, FetchResponse::notDecoded);
  }

  /**
   * Creates a response whose body can be decoded.
   *
   * @param status the status code
   * @param headers the headers; looked up ignoring case
   * @param body the decoded body; not copied
   * @param url the address after redirects
   * @param attempts how many requests were sent for it
   * @param elapsed the time from the call's start
   * @param decoder makes a value of a type of this response; for {@link #json}
   */
  public FetchResponse(
      int status,
      Map<String, List<String>> headers,
      byte[] body,
      URI url,
      int attempts,
      Duration elapsed,
      BiFunction<? super FetchResponse, ? super Type, ?> decoder) {
    this.status = status;
    this.headers = HeaderMap.copyOf(Objects.requireNonNull(headers, "headers"));
    this.body = Objects.requireNonNull(body, "body");
    this.url = Objects.requireNonNull(url, "url");
    this.attempts = attempts;
    this.elapsed = Objects.requireNonNull(elapsed, "elapsed");
    this.decoder = Objects.requireNonNull(decoder, "decoder");
  }

  private static Object notDecoded(FetchResponse response, Type type) {
    throw new IllegalStateException(
        "a response that was made without a decoder (expected: one of a client's, or one made with"
            + " the constructor that takes a decoder)");
  }

  /** The status code, such as 200. */
  public int status() {
    return status;
  }

  /** All headers; unmodifiable, and its keys ignore case. */
  public Map<String, List<String>> headers() {
    return headers;
  }

  /** The first value of a header, ignoring case. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(HeaderMap.first(headers, name));
  }

  /** The body after decompression; empty if there is none. Not copied: do not write into it. */
  public byte[] body() {
    return body;
  }

  /** The body as text, in the charset of {@code Content-Type}, else UTF-8. */
  public String text() {
    return new String(body, charset());
  }

  /**
   * The JSON body as a value, by the codec of the client that gave this; whatever the status. It is
   * decoded again each time, on the thread that calls this.
   *
   * <pre>{@code
   * client.get("/users/7").asResponse().thenApply(response -> response.json(User.class));
   * }</pre>
   *
   * <p>It throws a {@code DecodeError} if the body is empty, the literal {@code null}, or no such
   * JSON.
   *
   * @throws IllegalStateException if this was made without a decoder, as in a test
   */
  public <T> T json(Class<T> type) {
    return decoded(type);
  }

  /**
   * The JSON body as a value of a generic type, such as {@code new TypeRef<List<User>>() {}}; see
   * {@link #json(Class)}.
   */
  public <T> T json(TypeRef<T> type) {
    return decoded(Objects.requireNonNull(type, "type").type());
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // It was asked for just this.
  private <T> T decoded(Type type) {
    return (T) decoder.apply(this, Objects.requireNonNull(type, "type"));
  }

  /** The charset of {@code Content-Type}; UTF-8 where it names none, or one unknown here. */
  public Charset charset() {
    return MediaCharset.of(HeaderMap.first(headers, "Content-Type"));
  }

  /** The address that answered, after redirects. */
  public URI url() {
    return url;
  }

  /** How many attempts it took, at least 1. */
  public int attempts() {
    return attempts;
  }

  /** The time from the call's start to this response, with queueing and retries. */
  public Duration elapsed() {
    return elapsed;
  }

  @Override
  public String toString() {
    return status + " " + RequestUri.redacted(url) + " (" + body.length + " bytes)";
  }
}
