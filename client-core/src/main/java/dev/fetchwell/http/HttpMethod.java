package dev.fetchwell.http;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An HTTP method, such as {@code GET}. Any token is allowed, so WebDAV and custom verbs work.
 *
 * <p>Idempotency follows <a href="https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2">RFC 9110,
 * section 9.2.2</a>; it decides whether a request may be repeated after it might have reached the
 * server.
 *
 * @param name the method's name, case-sensitive
 */
public record HttpMethod(String name) {

  /** Retrieves a resource. */
  public static final HttpMethod GET = new HttpMethod("GET");

  /** Retrieves the headers of a resource. */
  public static final HttpMethod HEAD = new HttpMethod("HEAD");

  /** Asks what a resource allows. */
  public static final HttpMethod OPTIONS = new HttpMethod("OPTIONS");

  /** Submits data; not idempotent. */
  public static final HttpMethod POST = new HttpMethod("POST");

  /** Creates or replaces a resource. */
  public static final HttpMethod PUT = new HttpMethod("PUT");

  /** Changes part of a resource; not idempotent. */
  public static final HttpMethod PATCH = new HttpMethod("PATCH");

  /** Removes a resource. */
  public static final HttpMethod DELETE = new HttpMethod("DELETE");

  private static final Map<String, HttpMethod> STANDARD =
      Stream.of(GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE)
          .collect(Collectors.toUnmodifiableMap(HttpMethod::name, method -> method));

  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PROPFIND", "REPORT", "SEARCH");
  private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "TRACE", "CONNECT");
  private static final Set<String> NEEDS_BODY =
      Set.of("POST", "PUT", "PATCH", "PROPPATCH", "REPORT");

  /**
   * Creates a method.
   *
   * @throws IllegalArgumentException if the name is not an HTTP token
   */
  public HttpMethod {
    Objects.requireNonNull(name, "name");
    if (!Header.isToken(name)) {
      throw new IllegalArgumentException(
          "method is not an HTTP token (expected: letters, such as GET)");
    }
  }

  /**
   * The method of a name: for a standard one always the same object, which was checked before.
   *
   * @throws IllegalArgumentException if it is not a token
   */
  public static HttpMethod of(String name) {
    HttpMethod known = STANDARD.get(Objects.requireNonNull(name, "name"));
    return known == null ? new HttpMethod(name) : known;
  }

  /** Whether sending the request twice has the same effect as sending it once. */
  public boolean isIdempotent() {
    return IDEMPOTENT.contains(name);
  }

  /** Whether a request with this method may carry a body. */
  public boolean allowsBody() {
    return !WITHOUT_BODY.contains(name);
  }

  /** Whether a request with this method carries a body, even if only an empty one. */
  public boolean needsBody() {
    return NEEDS_BODY.contains(name);
  }

  @Override
  public String toString() {
    return name;
  }
}
