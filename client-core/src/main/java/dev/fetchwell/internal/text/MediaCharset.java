package dev.fetchwell.internal.text;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the charset of a {@code Content-Type}. Scans by hand, as it does so for nearly every call.
 */
public final class MediaCharset {

  private static final String NAME = "charset";

  private MediaCharset() {}

  /** The charset; UTF-8 where none is named, or one unknown here. */
  public static Charset of(@Nullable String contentType) {
    if (contentType == null) {
      return StandardCharsets.UTF_8;
    }
    for (int at = contentType.indexOf(';'); at >= 0; at = contentType.indexOf(';', at + 1)) {
      int name = skipSpace(contentType, at + 1);
      if (contentType.regionMatches(true, name, NAME, 0, NAME.length())) {
        int equals = skipSpace(contentType, name + NAME.length());
        if (equals < contentType.length() && contentType.charAt(equals) == '=') {
          return named(contentType, skipSpace(contentType, equals + 1));
        }
      }
    }
    return StandardCharsets.UTF_8;
  }

  private static Charset named(String contentType, int from) {
    boolean quoted = from < contentType.length() && contentType.charAt(from) == '"';
    int start = quoted ? from + 1 : from;
    int end = start;
    while (end < contentType.length() && !endsValue(contentType.charAt(end))) {
      end++;
    }
    if (contentType.regionMatches(true, start, "utf-8", 0, Math.max(5, end - start))) {
      return StandardCharsets.UTF_8;
    }
    try {
      return end == start
          ? StandardCharsets.UTF_8
          : Charset.forName(contentType.substring(start, end));
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return StandardCharsets.UTF_8;
    }
  }

  private static boolean endsValue(char c) {
    return c == ';' || c == '"' || isSpace(c);
  }

  private static int skipSpace(String text, int from) {
    int at = from;
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }
}
