package dev.fetchwell.internal.text;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fills the places of a URL such as {@code /users/{id}/orders}.
 *
 * <p>Every value is percent-encoded as one path segment or query value, so a value cannot add a
 * slash, a query or a host.
 */
public final class UrlTemplate {

  private static final Pattern PLACE = Pattern.compile("\\{([A-Za-z0-9_.-]+)}");
  private static final String UNRESERVED_MARKS = "-._~";

  private UrlTemplate() {}

  /**
   * Puts each value, in order, into its place.
   *
   * @throws IllegalArgumentException if there are fewer or more values than places
   */
  public static String expand(String template, Object... values) {
    if (values.length == 0 && template.indexOf('{') < 0) {
      return template;
    }
    Matcher places = PLACE.matcher(template);
    StringBuilder url = new StringBuilder(template.length() + 16);
    int used = 0;
    while (places.find()) {
      if (used == values.length) {
        throw new IllegalArgumentException(
            "no value for {" + places.group(1) + "} (expected: one value for each place)");
      }
      String value = encode(String.valueOf(values[used++]));
      if (value.equals(".") || value.equals("..")) {
        // Encoding would not help: every URL parser takes %2e for a dot.
        throw new IllegalArgumentException(
            "value " + value + " for {" + places.group(1) + "} (expected: no dot segment)");
      }
      places.appendReplacement(url, Matcher.quoteReplacement(value));
    }
    if (used < values.length) {
      throw new IllegalArgumentException(
          values.length
              + " template values for "
              + used
              + " places (expected: one for each place)");
    }
    return used == 0 ? template : places.appendTail(url).toString();
  }

  /** The path of a template that has places, without origin and query; else an empty string. */
  public static String path(String template, int values) {
    if (values == 0) {
      return "";
    }
    int authority = template.indexOf("://");
    int start = template.indexOf('/', authority < 0 ? 0 : authority + 3);
    int query = template.indexOf('?');
    int end = query < 0 ? template.length() : query;
    if (start < 0 || start > end) {
      return authority < 0 ? "/" + template.substring(0, end) : "/";
    }
    return authority < 0 && start > 0
        ? "/" + template.substring(0, end)
        : template.substring(start, end);
  }

  /** Percent-encodes everything but the unreserved characters of RFC 3986, as UTF-8. */
  public static String encode(String value) {
    StringBuilder encoded = new StringBuilder(value.length() + 16);
    for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      boolean letterOrDigit =
          (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (letterOrDigit || UNRESERVED_MARKS.indexOf(c) >= 0) {
        encoded.append(c);
      } else {
        appendEncoded(encoded, octet);
      }
    }
    return encoded.toString();
  }

  static void appendEncoded(StringBuilder target, byte octet) {
    target
        .append('%')
        .append(Character.toUpperCase(Character.forDigit((octet >> 4) & 0xf, 16)))
        .append(Character.toUpperCase(Character.forDigit(octet & 0xf, 16)));
  }
}
