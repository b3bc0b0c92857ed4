package dev.fetchwell.error;

import dev.fetchwell.http.HeaderMap;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The final status was 400 or more. */
public sealed class HttpStatusError extends FetchError
    permits ClientStatusError, ServerStatusError {

  /** How many bytes of the response's body an error keeps at most. */
  public static final int MAX_BODY_BYTES = 64 * 1024;

  private static final long serialVersionUID = 1L;

  private final transient StatusFacts response;

  HttpStatusError(StatusFacts response, CallFacts facts) {
    super(problem(response), facts, null);
    this.response = response;
  }

  private static String problem(StatusFacts response) {
    String wait =
        response.retryAfter().map(asked -> ", Retry-After: " + asked.toSeconds() + " s").orElse("");
    return "status " + response.status() + wait;
  }

  /** The right subtype for a status. */
  public static HttpStatusError of(StatusFacts response, CallFacts facts) {
    if (response.status() == 429) {
      return new RateLimitedError(response, facts);
    }
    return response.status() < 500
        ? new ClientStatusError(response, facts)
        : new ServerStatusError(response, facts);
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
    return HeaderMap.first(response.headers(), name);
  }

  /** The first {@value #MAX_BODY_BYTES} bytes of the body. */
  public final byte[] body() {
    return response.body().clone();
  }

  /** {@link #body()} as UTF-8, such as for a problem document. */
  public final String bodyText() {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  /** How long the server asked to wait before another request, counted from this response. */
  public final Optional<Duration> retryAfter() {
    return response.retryAfter();
  }
}
