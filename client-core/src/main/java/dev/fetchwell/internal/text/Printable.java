package dev.fetchwell.internal.text;

import java.util.Locale;

/**
 * Text that others chose, such as a URL or a status line, for messages: the one place where it is
 * made harmless. A line end would forge a line of a log, an escape sequence would command a
 * terminal, and a mark for the direction of writing would make a host look like another one.
 */
public final class Printable {

  private Printable() {}

  /** The text with everything that cannot be seen as {@code \}{@code uXXXX}. */
  public static String of(String text) {
    int plain = 0;
    while (plain < text.length() && text.charAt(plain) >= ' ' && text.charAt(plain) <= '~') {
      plain++;
    }
    return plain == text.length() || text.codePoints().allMatch(Printable::isVisible)
        ? text
        : escaped(text, plain);
  }

  private static String escaped(String text, int plain) {
    StringBuilder safe = new StringBuilder(text.length() + 16).append(text, 0, plain);
    text.substring(plain)
        .codePoints()
        .forEach(
            c -> {
              if (isVisible(c)) {
                safe.appendCodePoint(c);
              } else {
                for (char unit : Character.toChars(c)) {
                  safe.append(String.format(Locale.ROOT, "\\u%04X", (int) unit));
                }
              }
            });
    return safe.toString();
  }

  private static boolean isVisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }
}
