package dev.fetchwell.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OptionsTest {

  private final Properties before = new Properties();

  private static void set(String name, String value) {
    System.setProperty("benchmark." + name, value);
  }

  @BeforeEach
  void notAsTheBuildSays() {
    before.putAll(System.getProperties());
    set("smoke", "false");
  }

  @AfterEach
  void asBefore() {
    System.setProperties(before);
  }

  @Test
  void numbersOfCallsAreReadInAnyOrderAndMinutesWithAFraction() {
    set("inFlight", "64, 1");
    set("minutes", "0.5");

    Options options = Options.read();

    assertThat(options.inFlight()).containsExactly(1, 64);
    assertThat(options.time()).isEqualTo(Duration.ofSeconds(30));
    assertThat(options.facadeTime()).isEqualTo(Duration.ofMillis(7_500));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          minutes,  0
          minutes,  -1
          minutes,  NaN
          minutes,  soon
          inFlight, abc
          inFlight, '1,'
          inFlight, 0
          heap,     lots
          parts,    all
          protocol, http3
          clients,  foo
          """)
  void whatMakesNoSenseIsToldByItsNameWithWhatWould(String name, String value) {
    set(name, value);

    assertThatThrownBy(Options::read)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("benchmark." + name + ": ")
        .hasMessageContaining("(expected: ");
  }
}
