package dev.fetchwell.http;

import dev.fetchwell.internal.text.RequestUri;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request as it will be sent: method, address, headers and body. Immutable and thread-safe.
 *
 * <p>{@code RequestSpec} makes it; {@code RequestSpec.toRequest()} shows it.
 */
public final class FetchRequest {

  private final HttpMethod method;
  private final URI url;
  private final String host;
  private final List<Header> headers;
  private final @Nullable RequestBody body;
  private final boolean ledAway;

  /**
   * Creates a request.
   *
   * @param url absolute, http or https, without user info
   * @throws IllegalArgumentException if the URL is of another kind, or there is a body that the
   *     method does not allow
   */
  public FetchRequest(
      HttpMethod method, URI url, List<Header> headers, @Nullable RequestBody body) {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(headers, "headers");
    if (body != null && !method.allowsBody()) {
      throw new IllegalArgumentException(method + " with a body (expected: POST, PUT, PATCH, ...)");
    }
    checkUrl(url);
    this.method = method;
    this.url = url;
    this.host = RequestUri.hostAndPort(url);
    this.headers = List.copyOf(headers);
    this.body = body;
    this.ledAway = false;
  }

  private FetchRequest(FetchRequest other, List<Header> headers, boolean ledAway) {
    method = other.method;
    url = other.url;
    host = other.host;
    this.headers = List.copyOf(headers);
    body = other.body;
    this.ledAway = ledAway;
  }

  private static void checkUrl(URI url) {
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    String authority = url.getRawAuthority();
    if (!http || authority == null || authority.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "url: "
              + RequestUri.printable(url.toString())
              + " (expected: http(s)://host/..., without user info)");
    }
  }

  /** The method. */
  public HttpMethod method() {
    return method;
  }

  /** The address, absolute and without user info. */
  public URI url() {
    return url;
  }

  /** The host, with the port where it is not the scheme's own. */
  public String host() {
    return host;
  }

  /**
   * The headers in order; some added by the transport (such as {@code Host}) are not among them.
   */
  public List<Header> headers() {
    return headers;
  }

  /** The first value of a header, ignoring case. */
  public Optional<String> header(String name) {
    Objects.requireNonNull(name, "name");
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

  /**
   * The same request with a header in place of those of its name, such as for a {@code
   * RequestFilter}. It is secret if its name says so, as {@code Authorization} does.
   *
   * @throws IllegalArgumentException if the name or the value is not allowed on the wire; the
   *     message never contains the value
   */
  public FetchRequest withHeader(String name, String value) {
    return with(new Header(name, value, Header.isSensitive(name)));
  }

  /**
   * The same request with a header in place of those of its name, which is shown nowhere and does
   * not follow a redirect to another origin.
   *
   * @throws IllegalArgumentException if the name or the value is not allowed on the wire; the
   *     message never contains the value
   */
  public FetchRequest withSecretHeader(String name, String value) {
    return with(new Header(name, value, true));
  }

  private FetchRequest with(Header header) {
    List<Header> changed = others(header.name());
    changed.add(header);
    return new FetchRequest(this, changed, ledAway);
  }

  /** The same request without the headers of a name; itself if there is none. */
  public FetchRequest withoutHeader(String name) {
    List<Header> left = others(Objects.requireNonNull(name, "name"));
    return left.size() == headers.size() ? this : new FetchRequest(this, left, ledAway);
  }

  private List<Header> others(String name) {
    List<Header> left = new ArrayList<>(headers);
    left.removeIf(header -> header.name().equalsIgnoreCase(name));
    return left;
  }

  /**
   * Whether another server's word led it to where it goes: a redirect, or a link that was followed
   * by {@code RequestSpec.at}, from one origin to another. That stays true where one led back
   * since: nothing that belongs to the client's own origin is added to it any longer.
   */
  public boolean isLedAway() {
    return ledAway;
  }

  /** The same request as one that {@linkplain #isLedAway() another server's word led} there. */
  public FetchRequest ledAway() {
    return ledAway ? this : new FetchRequest(this, headers, true);
  }

  /** Whether it may be sent again after it may have been processed: by method, or by its key. */
  public boolean isRepeatable() {
    return method.isIdempotent() || header("Idempotency-Key").isPresent();
  }

  /**
   * Whether all that is sent is in memory: it has no body, or one of bytes. Only such a request is
   * sent twice at the same time.
   */
  public boolean isInMemory() {
    return body == null || body instanceof BytesBody;
  }

  /**
   * The request that follows a redirect: another address, on another origin without anything
   * secret, and on another host without the {@code Host} that was meant for this one.
   *
   * @param target where the redirect leads
   * @param asGet whether method and body are dropped, as after a 303
   */
  public FetchRequest redirectedTo(URI target, boolean asGet) {
    Objects.requireNonNull(target, "target");
    boolean keepSecrets = RequestUri.sameOrigin(url, target);
    boolean keepHost = host.equals(RequestUri.hostAndPort(target));
    List<Header> kept = new ArrayList<>();
    for (Header header : headers) {
      boolean dropped =
          (header.secret() && !keepSecrets)
              || (header.name().equalsIgnoreCase("Host") && !keepHost)
              || (asGet && describesBody(header.name()));
      if (!dropped) {
        kept.add(header);
      }
    }
    FetchRequest redirected =
        asGet && !method.equals(HttpMethod.HEAD)
            ? new FetchRequest(HttpMethod.GET, target, kept, null)
            : new FetchRequest(method, target, kept, body);
    return ledAway || !keepSecrets ? redirected.ledAway() : redirected;
  }

  private static boolean describesBody(String header) {
    return header.regionMatches(true, 0, "Content-", 0, 8)
        || header.equalsIgnoreCase("Transfer-Encoding");
  }

  @Override
  public String toString() {
    return method + " " + RequestUri.redacted(url);
  }
}
