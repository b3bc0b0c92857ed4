package dev.fetchwell;

import dev.fetchwell.http.Header;
import dev.fetchwell.http.RequestUri;
import dev.fetchwell.internal.transport.Transport;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.policy.BulkheadLimits;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.policy.Timeouts;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a client was built with. Immutable. */
record ClientConfig(
    @Nullable RequestUri baseUrl,
    List<Header> headers,
    Timeouts timeouts,
    BulkheadLimits limits,
    RetryPolicy retry,
    long maxResponseBytes,
    JsonCodec codec,
    List<CallListener> listeners,
    @Nullable Executor executor,
    Supplier<Transport> transport,
    Seams seams) {

  private static final Pattern ABSOLUTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:");

  /** The absolute address of a URL: itself, or what it is below the base URL. */
  RequestUri resolve(String url) {
    if (ABSOLUTE.matcher(url).lookingAt()) {
      return RequestUri.parse(url);
    }
    if (baseUrl == null) {
      throw new IllegalArgumentException(
          "relative URL '"
              + RequestUri.redact(url).replaceAll("[^!-~]", "?")
              + "' (expected: a client with a baseUrl, or such as https://example.com/path)");
    }
    String base = baseUrl.uri().toString();
    String trimmed = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    boolean joined = url.isEmpty() || url.startsWith("/") || url.startsWith("?");
    return RequestUri.parse(trimmed + (joined ? url : "/" + url));
  }

  /** What stood before the host in the base URL; as secret as a secret header. */
  Optional<String> userInfo() {
    return baseUrl == null ? Optional.empty() : baseUrl.userInfo();
  }

  /** Whether the client's own secret headers may go there. */
  boolean trusts(RequestUri target) {
    return baseUrl == null || baseUrl.sameOrigin(target);
  }
}
