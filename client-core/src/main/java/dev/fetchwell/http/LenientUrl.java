package dev.fetchwell.http;

import java.nio.charset.StandardCharsets;

/** Encodes what people and browsers write in a URL although RFC 3986 does not allow it. */
final class LenientUrl {

  private static final String ILLEGAL = " \"<>\\^`{|}";

  private LenientUrl() {}

  /**
   * The text with everything illegal percent-encoded.
   *
   * @throws IllegalArgumentException if it has a control character; names {@code url}
   */
  static String encode(String text, String url) {
    if (isPlain(text)) {
      return text;
    }
    StringBuilder encoded = new StringBuilder(text.length() + 16);
    int query = text.indexOf('?');
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (c < ' ' || c == 0x7f) {
        throw RequestUri.invalid("control character", url);
      }
      boolean strayPercent = c == '%' && !isEscape(text, i);
      boolean bracketInQuery = (c == '[' || c == ']') && query >= 0 && i > query;
      if (c > '~' || ILLEGAL.indexOf(c) >= 0 || strayPercent || bracketInQuery) {
        for (byte octet : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
          UrlTemplate.appendEncoded(encoded, octet);
        }
      } else {
        encoded.appendCodePoint(c);
      }
      i += Character.charCount(c);
    }
    return encoded.toString();
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c > '~' || c == '%' || c == '[' || c == ']' || ILLEGAL.indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isEscape(String text, int percent) {
    return percent + 2 < text.length()
        && Character.digit(text.charAt(percent + 1), 16) >= 0
        && Character.digit(text.charAt(percent + 2), 16) >= 0;
  }
}
