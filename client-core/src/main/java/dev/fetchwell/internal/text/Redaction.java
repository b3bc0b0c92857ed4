package dev.fetchwell.internal.text;

import java.util.regex.Pattern;

/**
 * What may be shown of an address. Of one that parses, everything but user info, query values and
 * the fragment. Of a text that does not, nobody knows what its writer meant by which part; so all
 * is hidden that could be user info or a value.
 */
final class Redaction {

  private static final String HIDDEN = "***";
  private static final int LONGEST = 200;

  private static final Pattern WITHOUT_VALUE = Pattern.compile("(^|&)[^&=]+(?=&|$)");
  private static final Pattern VALUE = Pattern.compile("=[^&]*");

  private Redaction() {}

  /** An address that parses, absolute or below a base URL. */
  static String ofAddress(String url) {
    if (firstOf(url, 0, "#?@") == url.length()) {
      return url;
    }
    int scheme = url.indexOf("://");
    int authority = scheme >= 0 && scheme < firstOf(url, 0, "/?#") ? scheme + 3 : 0;
    int path = authority == 0 ? 0 : firstOf(url, authority, "/?#");
    int at = url.substring(authority, path).lastIndexOf('@');
    String shown =
        at < 0
            ? url.substring(0, path)
            : url.substring(0, authority) + HIDDEN + url.substring(authority + at, path);
    return shown + ofPath(url.substring(path));
  }

  /**
   * Below a base URL anything is a path, also an address whose scheme has a slip in it; so user
   * info that stands in a path is hidden, too.
   */
  private static String ofPath(String pathAndMore) {
    int end = firstOf(pathAndMore, 0, "?#");
    String path = pathAndMore.substring(0, end);
    int address = path.indexOf("//");
    if (address >= 0 && pathAndMore.lastIndexOf('@') > end) {
      return path.substring(0, address + 2) + HIDDEN;
    }
    int from = address >= 0 ? address + 2 : path.indexOf(':') + 1;
    int at = path.lastIndexOf('@');
    String shown =
        from > 0 && at >= from ? path.substring(0, from) + HIDDEN + path.substring(at) : path;
    return pathAndMore.startsWith("?", end) ? shown + ofQuery(pathAndMore, end) : shown;
  }

  private static String ofQuery(String pathAndMore, int start) {
    String query = pathAndMore.substring(start + 1, firstOf(pathAndMore, start, "#"));
    // A part without '=' may be a bare token, so it is hidden as a whole.
    String named = WITHOUT_VALUE.matcher(query).replaceAll("$1" + HIDDEN);
    return "?" + VALUE.matcher(named).replaceAll("=" + HIDDEN);
  }

  /** A text that is no address: without what stands before its last {@code @}, or behind a mark. */
  static String ofText(String text) {
    int mark = firstOf(text, 0, "?#");
    int at = text.lastIndexOf('@');
    if (at > mark) {
      return HIDDEN;
    }
    String start = at < 0 ? text.substring(0, mark) : HIDDEN + text.substring(at, mark);
    String rest = text.substring(mark);
    String shown = start + (rest.length() > 1 ? rest.charAt(0) + HIDDEN : rest);
    return Printable.of(shown.length() > LONGEST ? shown.substring(0, LONGEST) + "..." : shown);
  }

  private static int firstOf(String text, int start, String marks) {
    for (int i = start; i < text.length(); i++) {
      if (marks.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return text.length();
  }
}
