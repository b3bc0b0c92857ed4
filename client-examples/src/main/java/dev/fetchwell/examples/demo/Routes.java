package dev.fetchwell.examples.demo;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Which path goes to which {@link Route}. The first pattern that fits wins; a segment in braces
 * fits any value:
 *
 * <pre>{@code
 * routes.add("/users/{id}/orders", exchange -> exchange.json(200, ordersOf(exchange.variable("id"))));
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Routes {

  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  /** Adds a route behind those that are there already. */
  public Routes add(String pattern, Route route) {
    entries.add(new Entry(segments(pattern), route));
    return this;
  }

  @Nullable Match find(String path) {
    List<String> segments = segments(path);
    for (Entry entry : entries) {
      Map<String, String> variables = entry.match(segments);
      if (variables != null) {
        return new Match(entry.route(), variables);
      }
    }
    return null;
  }

  private static List<String> segments(String path) {
    return List.of(path.split("/", -1));
  }

  record Match(Route route, Map<String, String> variables) {}

  private record Entry(List<String> pattern, Route route) {

    @Nullable Map<String, String> match(List<String> segments) {
      if (segments.size() != pattern.size()) {
        return null;
      }
      Map<String, String> variables = new HashMap<>();
      for (int i = 0; i < segments.size(); i++) {
        String expected = pattern.get(i);
        String actual = segments.get(i);
        if (expected.startsWith("{") && !actual.isEmpty()) {
          variables.put(expected.substring(1, expected.length() - 1), actual);
        } else if (!expected.equals(actual)) {
          return null;
        }
      }
      return variables;
    }
  }
}
