package dev.fetchwell.internal.okhttp;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.text.RequestUri;
import java.util.List;

/**
 * Which secrets may go with the request of one hop: what is its own, or a cookie of the jar. The
 * jar's are written and read by the call's thread.
 */
final class HopSecrets {

  private final FetchRequest first;
  private final FetchRequest hop;
  private volatile List<String> jarCookies = List.of();

  /**
   * None but the hop's own.
   *
   * @param first the caller's request
   * @param hop the same, or where a redirect led it
   */
  HopSecrets(FetchRequest first, FetchRequest hop) {
    this.first = first;
    this.hop = hop;
  }

  /** Whether no redirect led to another origin than that of the caller's request. */
  boolean isAtItsFirstOrigin() {
    return RequestUri.sameOrigin(first.url(), hop.url());
  }

  /** Whether our own request for this hop has the header. */
  boolean isOwn(String name, String value) {
    return hop.headers().stream()
        .anyMatch(own -> own.name().equalsIgnoreCase(name) && own.value().equals(value));
  }

  void fromTheJar(List<String> cookies) {
    jarCookies = List.copyOf(cookies);
  }

  boolean isFromTheJar(String cookie) {
    return jarCookies.contains(cookie);
  }
}
