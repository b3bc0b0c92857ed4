package dev.fetchwell.internal.text;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Response headers as an unmodifiable map whose keys ignore case. */
public final class HeaderMap extends AbstractMap<String, List<String>> {

  private final Map<String, List<String>> values;

  private HeaderMap(Map<String, List<String>> values) {
    this.values = Collections.unmodifiableMap(values);
  }

  /** Copies headers; values of names that differ only in case must already stand together. */
  public static HeaderMap copyOf(Map<String, List<String>> headers) {
    if (headers instanceof HeaderMap known) {
      return known;
    }
    TreeMap<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach((name, values) -> copy.put(name, List.copyOf(values)));
    return new HeaderMap(copy);
  }

  /** The first value of a header, or null. */
  public static @Nullable String first(Map<String, List<String>> headers, String name) {
    List<String> values = headers.get(Objects.requireNonNull(name, "name"));
    return values == null || values.isEmpty() ? null : values.get(0);
  }

  @Override
  public @Nullable List<String> get(Object name) {
    return name instanceof String ? values.get(name) : null;
  }

  @Override
  public boolean containsKey(Object name) {
    return name instanceof String && values.containsKey(name);
  }

  @Override
  public Set<Entry<String, List<String>>> entrySet() {
    return values.entrySet();
  }
}
