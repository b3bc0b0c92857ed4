package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.pipeline.ReplyHeaders;
import dev.fetchwell.internal.text.HeaderMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** A response's headers, with the one back that OkHttp does not get to see. */
final class OkHttpHeaders implements ReplyHeaders {

  private static final String RETRY_AFTER = "Retry-After";

  private final Headers received;
  private final @Nullable String retryAfter;

  /** Made when first asked for; two threads may both make it, and make the same. */
  private @Nullable Map<String, List<String>> all;

  OkHttpHeaders(Headers received, @Nullable String retryAfter) {
    this.received = received;
    this.retryAfter = retryAfter;
  }

  @Override
  public @Nullable String first(String name) {
    if (retryAfter != null && name.equalsIgnoreCase(RETRY_AFTER)) {
      return retryAfter;
    }
    for (int i = 0; i < received.size(); i++) {
      if (received.name(i).equalsIgnoreCase(name)) {
        return received.value(i);
      }
    }
    return null;
  }

  @Override
  public Map<String, List<String>> all() {
    Map<String, List<String>> known = all;
    if (known == null) {
      known = copy();
      all = known;
    }
    return known;
  }

  private Map<String, List<String>> copy() {
    Map<String, List<String>> multimap = received.toMultimap();
    if (retryAfter == null) {
      return HeaderMap.copyOf(multimap);
    }
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(multimap);
    headers.put(RETRY_AFTER, List.of(retryAfter));
    return HeaderMap.copyOf(headers);
  }
}
