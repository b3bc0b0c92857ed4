package dev.fetchwell.internal.text;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads {@code Retry-After} (<a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3">RFC
 * 9110, section 10.2.3</a>): seconds, or a date in one of HTTP's three formats.
 */
public final class RetryAfter {

  private static final Duration LONGEST = Duration.ofSeconds(Integer.MAX_VALUE);

  private RetryAfter() {}

  /**
   * How long the server asks to wait; zero for a date in the past, empty for anything that is
   * neither a number nor a date. Larger than {@code Integer.MAX_VALUE} seconds counts as that.
   *
   * @param value the header's value
   * @param now the server's time where it said so, else ours
   */
  public static Optional<Duration> parse(String value, Instant now) {
    String text = value.strip();
    if (text.matches("[0-9]+")) {
      boolean fits = text.length() <= 9;
      return Optional.of(fits ? Duration.ofSeconds(Long.parseLong(text)) : LONGEST);
    }
    return date(text, now).map(date -> waitUntil(date, now));
  }

  /** A date in one of HTTP's three formats, if it is one. */
  public static Optional<Instant> date(String text, Instant now) {
    return formats(now).stream().flatMap(format -> date(text, format).stream()).findFirst();
  }

  private static Optional<Instant> date(String text, DateTimeFormatter format) {
    try {
      return Optional.of(ZonedDateTime.parse(text, format).toInstant());
    } catch (DateTimeException notThisFormat) {
      return Optional.empty();
    }
  }

  private static Duration waitUntil(Instant date, Instant now) {
    Duration wait = Duration.between(now, date);
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }

  private static List<DateTimeFormatter> formats(Instant now) {
    // RFC 9110, 5.6.7: a two-digit year more than 50 years ahead is in the past.
    LocalDate firstYear = now.atZone(ZoneOffset.UTC).toLocalDate().minusYears(49);
    DateTimeFormatter rfc850 =
        new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern("EEEE, dd-MMM-")
            .appendValueReduced(ChronoField.YEAR, 2, 2, firstYear)
            .appendPattern(" HH:mm:ss 'GMT'")
            .toFormatter(Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    return List.of(IMF_FIXDATE, rfc850, ASCTIME);
  }

  private static final DateTimeFormatter IMF_FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
}
