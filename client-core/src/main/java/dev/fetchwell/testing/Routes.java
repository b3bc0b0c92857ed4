package dev.fetchwell.testing;

import dev.fetchwell.http.FetchRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which function answers which request. Thread-safe. */
final class Routes {

  /** So many are shown in a message. */
  private static final int SHOWN = 20;

  private final List<Route> routes = new CopyOnWriteArrayList<>();

  /** A function, and the values of the placeholders. */
  record Found(Function<FakeRequest, FakeReply> function, Map<String, String> variables) {}

  private record Route(
      String method, String origin, List<String> path, Function<FakeRequest, FakeReply> function) {

    @Nullable Map<String, String> match(FetchRequest request) {
      List<String> segments = segments(pathOf(request));
      boolean fits =
          method.equals(request.method().name())
              && (origin.isEmpty() || origin.equals(originOf(request)))
              && segments.size() == path.size();
      return fits ? variables(segments) : null;
    }

    private @Nullable Map<String, String> variables(List<String> segments) {
      Map<String, String> variables = new HashMap<>();
      for (int i = 0; i < segments.size(); i++) {
        String expected = path.get(i);
        if (expected.startsWith("{") && expected.endsWith("}")) {
          variables.put(expected.substring(1, expected.length() - 1), decoded(segments.get(i)));
        } else if (!expected.equals(segments.get(i))) {
          return null;
        }
      }
      return variables;
    }

    @Override
    public String toString() {
      return method + " " + origin + "/" + String.join("/", path);
    }

    private static String decoded(String segment) {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
  }

  private static String pathOf(FetchRequest request) {
    String path = request.url().getRawPath();
    return path == null || path.isEmpty() ? "/" : path;
  }

  private static String originOf(FetchRequest request) {
    return request.url().getScheme() + "://" + request.host();
  }

  private static List<String> segments(String path) {
    return List.of(path.substring(1).split("/", -1));
  }

  /** The function that was given last counts. */
  void add(String method, String template, Function<FakeRequest, FakeReply> function) {
    int scheme = template.indexOf("://");
    int path = template.indexOf('/', scheme < 0 ? 0 : scheme + 3);
    if (path < 0 || (scheme < 0 && path > 0) || template.indexOf('?') >= 0) {
      throw new IllegalArgumentException(
          "path: '" + template + "' (expected: such as /users/{id}, without a query)");
    }
    String origin = template.substring(0, path).toLowerCase(Locale.ROOT);
    String upper = method.toUpperCase(Locale.ROOT);
    routes.add(0, new Route(upper, origin, segments(template.substring(path)), function));
  }

  @Nullable Found find(FetchRequest request) {
    for (Route route : routes) {
      Map<String, String> variables = route.match(request);
      if (variables != null) {
        return new Found(route.function(), variables);
      }
    }
    return null;
  }

  /** What there is, in the order in which it was said; what was said again stands once. */
  @Override
  public String toString() {
    List<String> all =
        new ArrayList<>(new LinkedHashSet<>(routes.stream().map(Route::toString).toList()));
    Collections.reverse(all);
    if (all.isEmpty()) {
      return "none yet";
    }
    String shown = String.join(", ", all.subList(0, Math.min(SHOWN, all.size())));
    return all.size() > SHOWN ? shown + " and " + (all.size() - SHOWN) + " more" : shown;
  }
}
