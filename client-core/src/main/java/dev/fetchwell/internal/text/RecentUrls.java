package dev.fetchwell.internal.text;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The URLs that one client was asked for last, parsed: a service calls the same few again and
 * again, and parsing one costs more than all the rest of a call without its network. Of one client
 * only, and without anything that may be secret. Thread-safe.
 *
 * @param <T> what they are parsed to
 */
public final class RecentUrls<T> {

  private static final int MOST = 256;
  private static final int LONGEST = 200;

  private final Function<String, T> parse;
  private final ConcurrentHashMap<String, T> known = new ConcurrentHashMap<>();

  /** Remembers nothing yet. */
  public RecentUrls(Function<String, T> parse) {
    this.parse = parse;
  }

  /** The URL, parsed; throws what the function throws. */
  public T get(String url) {
    T parsed = known.get(url);
    if (parsed != null) {
      return parsed;
    }
    parsed = parse.apply(url);
    if (url.length() <= LONGEST && url.indexOf('?') < 0 && url.indexOf('@') < 0) {
      if (known.size() >= MOST) {
        known.clear();
      }
      known.put(url, parsed);
    }
    return parsed;
  }
}
