package dev.fetchwell.internal.call;

import dev.fetchwell.http.Header;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.okhttp.WireSettings;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.Wire;
import dev.fetchwell.internal.pipeline.permits.PermitLimits;
import dev.fetchwell.internal.pipeline.prepare.OwnOrigin;
import dev.fetchwell.internal.text.RecentUrls;
import dev.fetchwell.internal.text.RequestUri;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.ContextCarrier;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a client was built with. Immutable.
 *
 * @param baseUrl what relative URLs are appended to
 * @param headers of every request that does not set them itself
 * @param options what calls go by unless they say otherwise, as the ground for their own
 * @param limits how many calls run and wait
 * @param resilience the layers that are opt-in
 * @param exchanges how much of the machine they take
 * @param codec JSON
 * @param listeners hear of every call
 * @param carriers take the context of who calls along
 * @param executor where dependents run, or null for the call's own thread
 * @param wire opens what requests are sent with
 * @param platform time and threads
 * @param urls what was resolved last
 */
public record ClientConfig(
    @Nullable RequestUri baseUrl,
    List<Header> headers,
    CallOptions options,
    PermitLimits limits,
    Resilience resilience,
    WireSettings exchanges,
    JsonCodec codec,
    List<CallListener> listeners,
    List<ContextCarrier> carriers,
    @Nullable Executor executor,
    Function<ClientConfig, Wire> wire,
    Platform platform,
    RecentUrls<RequestUri> urls) {

  /** The absolute address of a URL: itself, or what it is below the base URL. */
  RequestUri resolve(String url) {
    return urls.get(url);
  }

  /** The address of a URL on a client with this base. */
  static RequestUri resolve(@Nullable RequestUri baseUrl, String url) {
    if (hasScheme(url)) {
      return RequestUri.parse(url);
    }
    if (baseUrl == null) {
      throw new IllegalArgumentException(
          "relative URL '"
              + RequestUri.printable(url)
              + "' (expected: a client with a baseUrl, or such as https://example.com/path)");
    }
    String base = baseUrl.uri().toString();
    String trimmed = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    boolean joined = url.isEmpty() || url.startsWith("/") || url.startsWith("?");
    return RequestUri.parse(trimmed + (joined ? url : "/" + url));
  }

  /** A letter, then letters, digits, plus, dot and minus up to a colon (RFC 3986, section 3.1). */
  private static boolean hasScheme(String url) {
    for (int i = 0; i < url.length(); i++) {
      char c = url.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (c == ':') {
        return i > 0;
      }
      if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '.' || c == '-'))) {
        return false;
      }
    }
    return false;
  }

  /** What stood before the host in the base URL; as secret as a secret header. */
  Optional<String> userInfo() {
    return baseUrl == null ? Optional.empty() : baseUrl.userInfo();
  }

  /** Whether the client's own secret headers may go there. */
  boolean trusts(URI target) {
    return baseUrl == null || RequestUri.sameOrigin(baseUrl.uri(), target);
  }

  /** Where goes what belongs to the client, but is added as late as to each attempt. */
  OwnOrigin ownOrigin() {
    return new OwnOrigin(baseUrl == null ? null : baseUrl.uri());
  }

  /** Where calls go and what bounds them; no header's value and no user info. */
  @Override
  public String toString() {
    String base = baseUrl == null ? "" : "baseUrl=" + baseUrl + ", ";
    return base
        + "timeout="
        + options.timeout()
        + ", attemptTimeout="
        + options.attemptTimeout()
        + ", maxConcurrency="
        + limits.maxConcurrency()
        + ", maxConcurrencyPerHost="
        + limits.maxConcurrencyPerHost()
        + ", maxQueued="
        + limits.maxQueued()
        + ", retry="
        + options.retry();
  }
}
