package dev.fetchwell.http;

import dev.fetchwell.internal.text.HeaderMap;
import dev.fetchwell.internal.text.MediaCharset;
import dev.fetchwell.internal.text.RequestUri;
import java.net.URI;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  /**
   * Creates a response, such as for a test double.
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
    this.status = status;
    this.headers = HeaderMap.copyOf(headers);
    this.body = body;
    this.url = url;
    this.attempts = attempts;
    this.elapsed = elapsed;
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
