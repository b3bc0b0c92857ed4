package dev.fetchwell.error;

import dev.fetchwell.internal.text.HeaderMap;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an {@link HttpStatusError} knows of the response. Immutable. */
final class StatusFacts {

  private final int status;
  private final Map<String, List<String>> headers;
  private final byte[] body;
  private final Optional<Duration> retryAfter;

  /**
   * Facts of a response.
   *
   * @param status the status code
   * @param headers the headers; keys ignore case
   * @param body the body, of which {@link HttpStatusError#MAX_BODY_BYTES} are kept
   * @param retryAfter the wait that the server asked for
   */
  StatusFacts(
      int status, Map<String, List<String>> headers, byte[] body, Optional<Duration> retryAfter) {
    this.status = status;
    this.headers = HeaderMap.copyOf(headers);
    this.body = Arrays.copyOf(body, Math.min(body.length, HttpStatusError.MAX_BODY_BYTES));
    this.retryAfter = retryAfter;
  }

  int status() {
    return status;
  }

  Map<String, List<String>> headers() {
    return headers;
  }

  byte[] body() {
    return body;
  }

  Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
