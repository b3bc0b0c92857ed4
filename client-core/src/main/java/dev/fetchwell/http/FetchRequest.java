package dev.fetchwell.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request as it will be sent: method, address, headers and body. Immutable and thread-safe.
 *
 * <p>Made by {@code RequestSpec}; listeners and stages read it.
 */
public final class FetchRequest {

  private final HttpMethod method;
  private final RequestUri uri;
  private final List<Header> headers;
  private final @Nullable RequestBody body;

  /**
   * Creates a request.
   *
   * @throws IllegalArgumentException if the method allows no body and there is one
   */
  public FetchRequest(
      HttpMethod method, RequestUri uri, List<Header> headers, @Nullable RequestBody body) {
    if (body != null && !method.allowsBody()) {
      throw new IllegalArgumentException(method + " with a body (expected: POST, PUT, PATCH, ...)");
    }
    this.method = method;
    this.uri = uri;
    this.headers = List.copyOf(headers);
    this.body = body;
  }

  /** The method. */
  public HttpMethod method() {
    return method;
  }

  /** The address. */
  public RequestUri uri() {
    return uri;
  }

  /**
   * The headers in order; some added by the transport (such as {@code Host}) are not among them.
   */
  public List<Header> headers() {
    return headers;
  }

  /** The first value of a header, ignoring case. */
  public Optional<String> header(String name) {
    for (Header header : headers) {
      if (header.name().equalsIgnoreCase(name)) {
        return Optional.of(header.value());
      }
    }
    return Optional.empty();
  }

  /** The body, if there is one. */
  public Optional<RequestBody> body() {
    return Optional.ofNullable(body);
  }

  /** Whether repeating it after it may have been processed is safe. */
  public boolean isRepeatable() {
    return method.isIdempotent() || header("Idempotency-Key").isPresent();
  }

  /**
   * The request that follows a redirect: another address, and on another origin without anything
   * secret.
   *
   * @param target where the redirect leads
   * @param asGet whether method and body are dropped, as after a 303
   */
  public FetchRequest redirectedTo(RequestUri target, boolean asGet) {
    boolean keepSecrets = uri.sameOrigin(target);
    List<Header> kept = new ArrayList<>();
    for (Header header : headers) {
      boolean dropped =
          (header.secret() && !keepSecrets) || (asGet && describesBody(header.name()));
      if (!dropped) {
        kept.add(header);
      }
    }
    return asGet && !method.equals(HttpMethod.HEAD)
        ? new FetchRequest(HttpMethod.GET, target, kept, null)
        : new FetchRequest(method, target, kept, body);
  }

  private static boolean describesBody(String header) {
    return header.regionMatches(true, 0, "Content-", 0, 8)
        || header.equalsIgnoreCase("Transfer-Encoding");
  }

  @Override
  public String toString() {
    return method + " " + uri;
  }
}
