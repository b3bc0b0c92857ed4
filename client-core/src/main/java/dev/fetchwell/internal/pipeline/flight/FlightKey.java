package dev.fetchwell.internal.pipeline.flight;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.internal.pipeline.CallOptions;
import java.util.List;
import java.util.Objects;

/**
 * What makes two calls identical: all that is sent, and all that decides how it is sent. Compared
 * by value, secrets included; never shown.
 *
 * <p>Not part of it: the total time, as each caller has its own; the tag, which only names a call;
 * and what only streams go by.
 */
final class FlightKey {

  private final FetchRequest request;
  private final String url;
  private final CallOptions options;
  private final int hash;

  FlightKey(FetchRequest request, CallOptions asked) {
    this.request = request;
    url = request.url().toString();
    // Callers with different totals must not differ in a limit that only follows from these.
    options = asked.uncapped();
    int result = 31 * request.method().hashCode() + url.hashCode();
    for (Header header : request.headers()) {
      result = 31 * result + header.value().hashCode();
    }
    hash = result;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FlightKey that
        && hash == that.hash
        && request.method().equals(that.request.method())
        && url.equals(that.url)
        // One of two that look alike may get the client's token.
        && request.isLedAway() == that.request.isLedAway()
        && sameHeaders(request.headers(), that.request.headers())
        && sameOptions(options, that.options);
  }

  private static boolean sameHeaders(List<Header> some, List<Header> others) {
    if (some.size() != others.size()) {
      return false;
    }
    for (int i = 0; i < some.size(); i++) {
      Header one = some.get(i);
      Header other = others.get(i);
      if (!one.name().equalsIgnoreCase(other.name())
          || !one.value().equals(other.value())
          || one.secret() != other.secret()) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameOptions(CallOptions some, CallOptions others) {
    return some.followsRedirects() == others.followsRedirects()
        && some.maxResponseBytes() == others.maxResponseBytes()
        && some.attemptTimeout().equals(others.attemptTimeout())
        && some.connectTimeout().equals(others.connectTimeout())
        && Objects.equals(some.queueTimeout(), others.queueTimeout())
        && Objects.equals(some.hedge(), others.hedge())
        && some.retry().equals(others.retry());
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return request.toString();
  }
}
