package dev.fetchwell.internal.pipeline.cooldown;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class CoolingTest {

  private final Cooling cooling = new Cooling(new Random(1));

  @Test
  void nobodyIsKeptAwayAtFirst() {
    assertThat(cooling.admits(0)).isTrue();
    assertThat(cooling.idleAt()).isZero();
  }

  @Test
  void allAreKeptAwayUntilTheMomentAndNotLonger() {
    cooling.keepAway(1_000, 100);
    assertThat(cooling.admits(999)).isFalse();
    assertThat(cooling.due(0, 7)).isEqualTo(1_000);
    assertThat(cooling.dueBehind(0, 7)).isEqualTo(1_000);
    assertThat(cooling.admits(1_000)).isTrue();
  }

  @Test
  void shorterOneDoesNotShortenAndALongerOneProlongs() {
    cooling.keepAway(1_000, 100);
    cooling.keepAway(500, 50);
    assertThat(cooling.due(0, 1)).isEqualTo(1_000);
    cooling.keepAway(2_000, 100);
    assertThat(cooling.due(0, 1)).isEqualTo(2_000);
  }

  @Test
  void whoWaitedGoesSpreadEvenlyOverAWhile() {
    long spread = 1_000_000;
    cooling.keepAway(5_000, spread);
    long now = 5_000;
    int inFirstHalf = 0;
    for (int waiting = 1_000; waiting > 0; waiting--) {
      long due = cooling.due(now, waiting);
      assertThat(due).as("asked again").isEqualTo(cooling.due(now, waiting));
      assertThat(due).isBetween(now, 5_000 + spread);
      now = due;
      cooling.goes(now, true);
      inFirstHalf += now < 5_000 + spread / 2 ? 1 : 0;
    }
    assertThat(inFirstHalf).isBetween(430, 570);
    assertThat(now).isGreaterThan(5_000 + spread * 9 / 10);
  }

  @Test
  void whoComesLateInTheWhileGoesByItsEnd() {
    cooling.keepAway(1_000, 100);
    long due = cooling.due(1_099, 50);
    assertThat(due).isBetween(1_099L, 1_100L);
    cooling.goes(due, true);
    assertThat(cooling.due(1_200, 49)).isEqualTo(1_200);
  }
}
