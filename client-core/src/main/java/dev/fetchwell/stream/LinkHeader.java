package dev.fetchwell.stream;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds {@code rel="next"} in {@code Link} headers (RFC 8288). */
final class LinkHeader {

  /** A target and its parameters; a quoted value may hold commas and semicolons. */
  private static final Pattern LINK =
      Pattern.compile(
          "<([^>]*)>((?:\\s*;\\s*[^\\s=;,]+(?:\\s*=\\s*(?:\"(?:[^\"\\\\]|\\\\.)*\"|[^\",;]*))?)*)");

  private static final Pattern PARAMETER =
      Pattern.compile(";\\s*([^\\s=;,]+)(?:\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\",;]*)))?");

  private LinkHeader() {}

  static Optional<String> next(Map<String, List<String>> headers) {
    for (String value : headers.getOrDefault("Link", List.of())) {
      Matcher links = LINK.matcher(value);
      while (links.find()) {
        if (isNext(links.group(2))) {
          return Optional.of(links.group(1).strip());
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isNext(String parameters) {
    Matcher each = PARAMETER.matcher(parameters);
    while (each.find()) {
      if (each.group(1).equalsIgnoreCase("rel")) {
        String relations = each.group(2) != null ? each.group(2) : each.group(3);
        // RFC 8288, 3.3: only the first rel counts.
        return relations != null
            && List.of(relations.strip().toLowerCase(Locale.ROOT).split("\\s+", -1))
                .contains("next");
      }
    }
    return false;
  }
}
