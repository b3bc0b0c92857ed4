package dev.fetchwell.examples.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class SpreadTest {

  @Test
  void medianStandsBetweenLeastAndMost() {
    assertThat(Spread.of(DoubleStream.of(3, 1, 2))).isEqualTo(new Spread(2, 1, 3));
    assertThat(Spread.of(DoubleStream.of(4, 1, 2, 3))).isEqualTo(new Spread(2.5, 1, 4));
    assertThat(Spread.of(DoubleStream.of(1, 1.104)).ratio()).isEqualTo("1.05 (1.00..1.10)");
  }

  @Test
  void ofNothingThereIsNone() {
    assertThatThrownBy(() -> Spread.of(DoubleStream.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void labelsAreMovedApartWithinTheirRange() {
    assertThat(Labels.apart(new double[] {10, 50, 10}, 5, 0, 52)).containsExactly(10, 50, 15);
    assertThat(Labels.apart(new double[] {50, 51}, 5, 0, 52)).containsExactly(47, 52);
  }
}
