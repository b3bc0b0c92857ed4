package dev.fetchwell.internal.call;

import dev.fetchwell.internal.text.RequestUri;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The addresses that a client was asked for last, parsed: a service calls the same few again and
 * again, and parsing one costs about a tenth of a call without its network. Of one client only, and
 * without anything that may be secret. Thread-safe.
 */
final class ResolvedUrls {

  private static final int MOST = 256;
  private static final int LONGEST = 200;

  private final ConcurrentHashMap<String, RequestUri> known = new ConcurrentHashMap<>();

  /** The address of a URL; the function's, if it is not known. */
  RequestUri get(String url, Function<String, RequestUri> parse) {
    RequestUri address = known.get(url);
    if (address != null) {
      return address;
    }
    address = parse.apply(url);
    if (url.length() <= LONGEST && url.indexOf('?') < 0 && url.indexOf('@') < 0) {
      if (known.size() >= MOST) {
        known.clear();
      }
      known.put(url, address);
    }
    return address;
  }
}
