package dev.fetchwell.stream;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds {@code rel="next"} in {@code Link} headers as RFC 8288, appendix B.2 reads them. Scans by
 * hand: a regular expression for quoted strings overflows the stack at a long one.
 */
final class LinkHeader {

  private final String text;
  private int position;

  private LinkHeader(String text) {
    this.text = text;
  }

  static Optional<String> next(Map<String, List<String>> headers) {
    for (String value : headers.getOrDefault("Link", List.of())) {
      @Nullable String target = new LinkHeader(value).next();
      if (target != null) {
        return Optional.of(target);
      }
    }
    return Optional.empty();
  }

  private @Nullable String next() {
    while (position < text.length()) {
      skip(" \t,");
      if (!accept('<')) {
        return null;
      }
      String target = until(">");
      position++;
      if (parametersSayNext()) {
        return target.strip();
      }
    }
    return null;
  }

  private boolean parametersSayNext() {
    @Nullable String relations = null;
    boolean ofThisPage = true;
    skip(" \t");
    while (accept(';')) {
      skip(" \t");
      String name = until("=;,").strip().toLowerCase(Locale.ROOT);
      String value = accept('=') ? value() : "";
      if (name.equals("rel") && relations == null) { // Section 3.3: only the first counts.
        relations = value;
      } else if (name.equals("anchor")) { // Section 3.2: a link of something else.
        ofThisPage = false;
      }
      skip(" \t");
    }
    return ofThisPage && relations != null && isNext(relations);
  }

  private static boolean isNext(String relations) {
    return List.of(relations.strip().toLowerCase(Locale.ROOT).split("\\s+", -1)).contains("next");
  }

  private String value() {
    skip(" \t");
    if (!accept('"')) {
      return until(";,").strip();
    }
    StringBuilder quoted = new StringBuilder();
    while (position < text.length() && !accept('"')) {
      if (text.charAt(position) == '\\' && position + 1 < text.length()) {
        position++;
      }
      quoted.append(text.charAt(position++));
    }
    return quoted.toString();
  }

  private String until(String marks) {
    int start = position;
    while (position < text.length() && marks.indexOf(text.charAt(position)) < 0) {
      position++;
    }
    return text.substring(start, position);
  }

  private void skip(String characters) {
    while (position < text.length() && characters.indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  private boolean accept(char expected) {
    if (position < text.length() && text.charAt(position) == expected) {
      position++;
      return true;
    }
    return false;
  }
}
