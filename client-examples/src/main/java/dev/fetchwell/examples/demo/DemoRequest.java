package dev.fetchwell.examples.demo;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One request as the demo server received it. Immutable. */
public final class DemoRequest {

  private final String method;
  private final String path;
  private final Map<String, String> query;
  private final Map<String, List<String>> headers;
  private final byte[] body;

  DemoRequest(String method, String target, Map<String, List<String>> headers, byte[] body) {
    int mark = target.indexOf('?');
    this.method = method;
    this.path = mark < 0 ? target : target.substring(0, mark);
    this.query = mark < 0 ? Map.of() : parseQuery(target.substring(mark + 1));
    TreeMap<String, List<String>> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    sorted.putAll(headers);
    this.headers = Collections.unmodifiableMap(sorted);
    this.body = body;
  }

  /** The method in upper case, such as {@code GET}. */
  public String method() {
    return method;
  }

  /** The path without its query, still percent-encoded. */
  public String path() {
    return path;
  }

  /** All headers; looking one up ignores case. */
  public Map<String, List<String>> headers() {
    return headers;
  }

  /** The first value of a header, or null. */
  public @Nullable String header(String name) {
    List<String> values = headers.get(name);
    return values == null ? null : values.get(0);
  }

  /** The body as UTF-8 text; empty if there was none. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** The decoded value of a query parameter, or the given default. */
  public String query(String name, String otherwise) {
    return query.getOrDefault(name, otherwise);
  }

  /**
   * A query parameter as a number, or the given default.
   *
   * @throws NumberFormatException if it is something else, which the server answers with 400
   */
  public long number(String name, long otherwise) {
    String value = query.get(name);
    return value == null ? otherwise : Long.parseLong(value);
  }

  private static Map<String, String> parseQuery(String query) {
    Map<String, String> values = new HashMap<>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      values.put(decode(name), equals < 0 ? "" : decode(pair.substring(equals + 1)));
    }
    return values;
  }

  private static String decode(String value) {
    return URLDecoder.decode(value, StandardCharsets.UTF_8);
  }
}
