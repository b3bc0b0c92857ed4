package dev.fetchwell.internal.pipeline;

import dev.fetchwell.internal.text.HeaderMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A reply's headers as the wire has them; copied into a map only for those who want all. */
public interface ReplyHeaders {

  /** The first value of a header, ignoring case, or null. */
  @Nullable String first(String name);

  /** All of them, unmodifiable; keys ignore case. */
  Map<String, List<String>> all();

  /** Headers that are in a map. */
  static ReplyHeaders of(Map<String, List<String>> headers) {
    HeaderMap known = HeaderMap.copyOf(headers);
    return new ReplyHeaders() {

      @Override
      public @Nullable String first(String name) {
        return HeaderMap.first(known, name);
      }

      @Override
      public Map<String, List<String>> all() {
        return known;
      }
    };
  }
}
