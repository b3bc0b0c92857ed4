package dev.fetchwell.stream;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code Content-Range} (RFC 9110, section 14.4).
 *
 * @param start the first byte's position, or -1 in an answer 416
 * @param total the size of the whole, or -1 if that is not known
 */
record ContentRange(long start, long total) {

  private static final Pattern RANGE =
      Pattern.compile("bytes +(?:([0-9]{1,18})-([0-9]{1,18})|\\*)/([0-9]{1,18}|\\*)");

  static Optional<ContentRange> parse(String header) {
    Matcher range = RANGE.matcher(header.strip());
    if (!range.matches()) {
      return Optional.empty();
    }
    long start = range.group(1) == null ? -1 : Long.parseLong(range.group(1));
    long total = range.group(3).equals("*") ? -1 : Long.parseLong(range.group(3));
    return Optional.of(new ContentRange(start, total));
  }
}
