package dev.fetchwell.testserver;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One request as it arrived. Immutable. */
public final class ReceivedRequest {

  private final String method;
  private final String path;
  private final Map<String, List<String>> headers;
  private final byte[] body;
  private final int connectionNumber;
  private final int requestNumberOnConnection;

  ReceivedRequest(
      String method,
      String path,
      Map<String, List<String>> headers,
      byte[] body,
      int connectionNumber,
      int requestNumberOnConnection) {
    TreeMap<String, List<String>> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    sorted.putAll(headers);
    this.method = method;
    this.path = path;
    this.headers = Collections.unmodifiableMap(sorted);
    this.body = body;
    this.connectionNumber = connectionNumber;
    this.requestNumberOnConnection = requestNumberOnConnection;
  }

  public String method() {
    return method;
  }

  /** The request's target as sent, query included. */
  public String path() {
    return path;
  }

  /** All headers; looking one up ignores case. */
  public Map<String, List<String>> headers() {
    return headers;
  }

  /** Every value of a header; empty if it was not sent. */
  public List<String> headers(String name) {
    return headers.getOrDefault(name, List.of());
  }

  /** The first value of a header, or null. */
  public @Nullable String header(String name) {
    List<String> values = headers(name);
    return values.isEmpty() ? null : values.get(0);
  }

  public byte[] body() {
    return body.clone();
  }

  /** The body as UTF-8. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Which of the server's connections this came on; the first is 1. */
  public int connectionNumber() {
    return connectionNumber;
  }

  /** Which request on its connection this was; above 1 on a reused one. */
  public int requestNumberOnConnection() {
    return requestNumberOnConnection;
  }

  @Override
  public String toString() {
    return method + " " + path + " (#" + connectionNumber + "." + requestNumberOnConnection + ")";
  }
}
