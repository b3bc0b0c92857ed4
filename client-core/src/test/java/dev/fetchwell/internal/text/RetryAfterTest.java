package dev.fetchwell.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

  private static final Instant NOW = Instant.parse("2025-03-01T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "1,1",
    "' 120 ',120",
    "007,7",
    "99999999,99999999",
    "999999999,999999999",
    "2147483647,2147483647",
    "9223372036854775807,2147483647",
    "99999999999999999999999999,2147483647"
  })
  void secondsAreRead(String value, long seconds) {
    assertThat(RetryAfter.parse(value, NOW)).contains(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sat, 01 Mar 2025 12:00:30 GMT",
        "Saturday, 01-Mar-25 12:00:30 GMT",
        "Sat Mar  1 12:00:30 2025"
      })
  void dateIsReadInAllThreeFormats(String value) {
    assertThat(RetryAfter.parse(value, NOW)).contains(Duration.ofSeconds(30));
  }

  @Test
  void dateInThePastMeansNow() {
    assertThat(RetryAfter.parse("Fri, 28 Feb 2025 12:00:00 GMT", NOW)).contains(Duration.ZERO);
    assertThat(RetryAfter.parse("Sunday, 06-Nov-94 08:49:37 GMT", NOW)).contains(Duration.ZERO);
  }

  @Test
  void farDateIsTheLongestWait() {
    assertThat(RetryAfter.parse("Fri, 31 Dec 9999 23:59:59 GMT", NOW))
        .contains(Duration.ofSeconds(Integer.MAX_VALUE));
  }

  @Test
  void yearOfTwoDigitsIsAtMostFiftyYearsAhead() {
    assertThat(RetryAfter.date("Tuesday, 01-Jan-74 00:00:00 GMT", NOW)).isEmpty();
    assertThat(RetryAfter.date("Monday, 01-Jan-74 00:00:00 GMT", NOW))
        .contains(Instant.parse("2074-01-01T00:00:00Z"));
    assertThat(RetryAfter.date("Saturday, 01-Jan-77 00:00:00 GMT", NOW))
        .contains(Instant.parse("1977-01-01T00:00:00Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
        "+1",
        "1.5",
        "1e3",
        "soon",
        "0x10",
        "١",
        "10 seconds",
        "Sat, 01 Mar 2025 12:00:30 CET",
        "2025-03-01T12:00:30Z",
        "Sat, 31 Feb 2025 12:00:30 GMT",
        "Mon, 01 Mar 2025 12:00:30 GMT",
        "Sat, 01 Mar 2025"
      })
  void garbageIsNothing(String value) {
    assertThat(RetryAfter.parse(value, NOW)).isEmpty();
  }
}
