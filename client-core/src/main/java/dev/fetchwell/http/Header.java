package dev.fetchwell.http;

import dev.fetchwell.internal.text.Printable;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * One request header.
 *
 * <p>A secret header is left out of {@link #toString()} and is never sent to another origin when a
 * redirect leads there.
 *
 * @param name the field name, an HTTP token
 * @param value the field value: visible ASCII, spaces and tabs
 * @param secret whether the value must stay out of logs and off other origins
 */
public record Header(String name, String value, boolean secret) {

  private static final List<String> SENSITIVE_PARTS =
      List.of(
          "authorization",
          "cookie",
          "token",
          "secret",
          "password",
          "api-key",
          "apikey",
          "access-key",
          "credential",
          "session",
          "signature");

  /**
   * Creates a header.
   *
   * @throws IllegalArgumentException if the name or the value is not allowed on the wire; the
   *     message never contains the value
   */
  public Header {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(value, "value");
    if (!isToken(name)) {
      throw new IllegalArgumentException(
          "header name is not an HTTP token: " + shown(name) + " (expected: such as X-Request-Id)");
    }
    checkValue(name, value);
  }

  /**
   * Whether headers of this name carry secrets by convention: credentials, cookies, keys. An {@code
   * Idempotency-Key} names a request and a {@code Sec-WebSocket-Key} an upgrade; they open nothing.
   */
  public static boolean isSensitive(String name) {
    Objects.requireNonNull(name, "name");
    String lower = name.toLowerCase(Locale.ROOT).replace('_', '-');
    return SENSITIVE_PARTS.stream().anyMatch(lower::contains)
        || (lower.endsWith("-key")
            && !lower.endsWith("idempotency-key")
            && !lower.equals("sec-websocket-key"))
        || ("-" + lower + "-").contains("-auth-");
  }

  static void checkValue(String name, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c != '\t' && (c < ' ' || c > '~')) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "header %s has the character U+%04X at %d (expected: visible ASCII, space or tab)",
                name,
                (int) c,
                i));
      }
    }
  }

  static boolean isToken(String text) {
    if (text.isEmpty()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letterOrDigit =
          (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (!letterOrDigit && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private static String shown(String name) {
    return "'" + Printable.of(name.length() > 40 ? name.substring(0, 40) : name) + "'";
  }

  @Override
  public String toString() {
    return name + ": " + (secret ? "***" : value);
  }
}
