package dev.fetchwell.internal.text;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;

/** {@code application/x-www-form-urlencoded}. */
public final class FormEncoding {

  private FormEncoding() {}

  /** The fields; a value that is an {@code Iterable} gives a field for each element. */
  public static byte[] encode(Map<String, ?> fields) {
    StringJoiner form = new StringJoiner("&");
    fields.forEach(
        (name, value) -> {
          Objects.requireNonNull(value, name);
          Iterable<?> values = value instanceof Iterable<?> many ? many : List.of(value);
          for (Object each : values) {
            form.add(encode(name) + "=" + encode(String.valueOf(each)));
          }
        });
    return form.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
