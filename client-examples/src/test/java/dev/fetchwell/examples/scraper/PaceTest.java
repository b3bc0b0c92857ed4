package dev.fetchwell.examples.scraper;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Pace pace = new Pace();

  @Test
  void turnsOfOneSiteAreAsFarApartAsItAsked() {
    assertThat(pace.turn("a", SECOND, 0)).isZero();
    assertThat(pace.turn("a", SECOND, 0)).isEqualTo(SECOND);
    assertThat(pace.turn("a", SECOND, 500_000_000)).isEqualTo(Duration.ofMillis(1_500));
    assertThat(pace.turn("b", SECOND, 0)).isZero();
  }

  @Test
  void siteThatAskedForNothingNeverWaits() {
    assertThat(pace.turn("a", Duration.ZERO, 0)).isZero();
    assertThat(pace.turn("a", Duration.ZERO, 0)).isZero();
  }
}
