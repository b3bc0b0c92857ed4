package dev.fetchwell.internal.text;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Resolves references as <a href="https://www.rfc-editor.org/rfc/rfc3986#section-5.2">RFC 3986,
 * section 5.2</a> says; {@code java.net.URI} still goes by its predecessor.
 */
final class UriReference {

  /** RFC 3986, appendix B; it matches every text. */
  private static final Pattern PARTS =
      Pattern.compile("(?s)(?:([^:/?#]+):)?(//[^/?#]*)?([^?#]*)(\\?[^#]*)?(#.*)?");

  private UriReference() {}

  /** The absolute address, not checked any further. */
  static String resolve(URI base, String reference) {
    Matcher parts = PARTS.matcher(reference);
    if (!parts.matches()) {
      throw new IllegalStateException("not matched");
    }
    String path = parts.group(3);
    String query = orEmpty(parts.group(4));
    String fragment = orEmpty(parts.group(5));
    String home = base.getScheme() + "://" + base.getRawAuthority();
    if (parts.group(1) != null) {
      String scheme = parts.group(1) + ":" + orEmpty(parts.group(2));
      return scheme + withoutDots(path) + query + fragment;
    }
    if (parts.group(2) != null) {
      return base.getScheme() + ":" + parts.group(2) + withoutDots(path) + query + fragment;
    }
    if (path.isEmpty()) {
      String kept = base.getRawQuery() == null ? "" : "?" + base.getRawQuery();
      String asked = parts.group(4) == null ? kept : query;
      return home + base.getRawPath() + asked + fragment;
    }
    String merged = path.startsWith("/") ? path : directory(base.getRawPath()) + path;
    return home + withoutDots(merged) + query + fragment;
  }

  private static String orEmpty(@Nullable String part) {
    return part == null ? "" : part;
  }

  private static String directory(String path) {
    return path.isEmpty() ? "/" : path.substring(0, path.lastIndexOf('/') + 1);
  }

  private static String withoutDots(String path) {
    Deque<String> kept = new ArrayDeque<>();
    Iterator<String> segments = List.of(path.split("/", -1)).iterator();
    while (segments.hasNext()) {
      String segment = segments.next();
      boolean up = segment.equals("..");
      if (up && kept.size() > 1) {
        kept.removeLast();
      }
      if (!up && !segment.equals(".")) {
        kept.addLast(segment);
      } else if (!segments.hasNext()) {
        kept.addLast("");
      }
    }
    return String.join("/", kept);
  }
}
