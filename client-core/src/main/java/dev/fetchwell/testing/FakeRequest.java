package dev.fetchwell.testing;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.internal.pipeline.DefaultCodec;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A request as a {@link FakeServer} got it. Immutable. */
public final class FakeRequest {

  private final FetchRequest sent;
  private final byte[] body;
  private final int attempt;
  private final Map<String, String> variables;

  FakeRequest(FetchRequest sent, byte[] body, int attempt, Map<String, String> variables) {
    this.sent = sent;
    this.body = body;
    this.attempt = attempt;
    this.variables = variables;
  }

  FakeRequest matchedBy(Map<String, String> found) {
    return new FakeRequest(sent, body, attempt, found);
  }

  FetchRequest sent() {
    return sent;
  }

  /** The method, in capitals. */
  public String method() {
    return sent.method().name();
  }

  /** The whole address. */
  public URI url() {
    return sent.url();
  }

  /** The path, percent-encoded as it was sent. */
  public String path() {
    String path = sent.url().getRawPath();
    return path == null || path.isEmpty() ? "/" : path;
  }

  /** The value of a placeholder of the path, decoded. */
  public String variable(String name) {
    String value = variables.get(Objects.requireNonNull(name, "name"));
    if (value == null) {
      throw new IllegalArgumentException(
          "no {" + name + "} in the path (expected: one of " + variables.keySet() + ")");
    }
    return value;
  }

  /** The first value of a query parameter, decoded. */
  public Optional<String> query(String name) {
    Objects.requireNonNull(name, "name");
    String query = sent.url().getRawQuery();
    if (query == null) {
      return Optional.empty();
    }
    for (String parameter : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      String key = equals < 0 ? parameter : parameter.substring(0, equals);
      if (decoded(key).equals(name)) {
        return Optional.of(equals < 0 ? "" : decoded(parameter.substring(equals + 1)));
      }
    }
    return Optional.empty();
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** The headers in order, secret ones included. */
  public List<Header> headers() {
    return sent.headers();
  }

  /** The first value of a header, ignoring case. */
  public Optional<String> header(String name) {
    return sent.header(name);
  }

  /** The body; empty if there is none. */
  public byte[] body() {
    return body.clone();
  }

  /** The body as text in UTF-8. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** The JSON body as a value. */
  public <T> T json(Class<T> type) {
    Objects.requireNonNull(type, "type");
    return type.cast(Objects.requireNonNull(DefaultCodec.get().decode(body, type), "JSON null"));
  }

  /** Which attempt of its call it is, from 1. */
  public int attempt() {
    return attempt;
  }

  @Override
  public String toString() {
    return sent.toString();
  }
}
