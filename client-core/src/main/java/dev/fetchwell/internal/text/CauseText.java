package dev.fetchwell.internal.text;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What foreign code says in an exception, for our message about it. Programmers put into such texts
 * whatever they have at hand; so addresses are redacted, what looks like a credential is hidden,
 * and the text is cut.
 */
public final class CauseText {

  private static final String HIDDEN = "***";
  private static final int LONGEST = 200;

  /** They quote the text that they could not read, which is another server's or user's. */
  private static final Pattern QUOTING =
      Pattern.compile("(tools|com\\.fasterxml)\\.jackson\\.|com\\.google\\.gson\\.|org\\.json\\.");

  private static final Pattern ADDRESS = Pattern.compile("(?i)\\b[a-z][a-z0-9+.-]*://[^\\s\"'<>]+");

  /**
   * A name that says it all, then its value up to the end of the line: it may have several words.
   */
  private static final Pattern CREDENTIAL =
      Pattern.compile(
          "(?i)([\\w-]*(?:authori[sz]ation|auth|cookie|token|secret|passw(?:or)?d|pwd|credentials?"
              + "|api-?_?key|-key)[\\w-]*[\"']?(?:\\s+value)?\\s*[:=]\\s*)[^\\r\\n]+");

  private static final Pattern LINE_END = Pattern.compile("\\s*[\\r\\n]+\\s*");

  private static final Pattern SCHEME = Pattern.compile("(?i)\\b(bearer|basic|digest)\\s+\\S+");

  /** How OkHttp shows the value of a header that it refuses, unless its own list knows the name. */
  private static final Pattern REFUSED_VALUE =
      Pattern.compile("(Unexpected char .{0,200}? value: )[\\s\\S]*");

  private CauseText() {}

  /** The type of what was thrown, and its text as far as that may be shown. */
  public static String of(Throwable thrown) {
    String type = thrown.getClass().getName();
    String text = message(thrown);
    return text.isBlank() || QUOTING.matcher(type).lookingAt() ? type : type + ": " + shown(text);
  }

  /** It is foreign code that says it, and may throw. */
  private static String message(Throwable thrown) {
    try {
      String text = thrown.getMessage();
      return text == null ? "" : text;
    } catch (Throwable ofTheMessage) {
      return "";
    }
  }

  private static String shown(String text) {
    String start = text.length() > 4 * LONGEST ? text.substring(0, 4 * LONGEST) : text;
    String safe = REFUSED_VALUE.matcher(start).replaceAll("$1" + HIDDEN);
    safe = ADDRESS.matcher(safe).replaceAll(CauseText::redacted);
    safe = CREDENTIAL.matcher(safe).replaceAll("$1" + HIDDEN);
    safe = SCHEME.matcher(safe).replaceAll("$1 " + HIDDEN);
    safe = LINE_END.matcher(safe.strip()).replaceAll(" ");
    return Printable.of(safe.length() > LONGEST ? safe.substring(0, LONGEST) + "..." : safe);
  }

  private static String redacted(MatchResult address) {
    return Matcher.quoteReplacement(Redaction.ofAddress(address.group()));
  }
}
