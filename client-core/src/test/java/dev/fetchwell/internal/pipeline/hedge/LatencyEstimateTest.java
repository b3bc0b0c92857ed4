package dev.fetchwell.internal.pipeline.hedge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyEstimateTest {

  private static final double MILLI = 1e6;

  private final Random random = new Random(7);

  private static LatencyEstimate of(double percentile) {
    return new LatencyEstimate(percentile, 0);
  }

  private static void record(LatencyEstimate estimate, int count, DoubleSupplier millis) {
    for (int i = 0; i < count; i++) {
      estimate.record((long) (millis.getAsDouble() * MILLI));
    }
  }

  private static double millis(LatencyEstimate estimate) {
    return estimate.nanos() / MILLI;
  }

  private double truth(double percentile, DoubleSupplier millis) {
    double[] all = new double[200_000];
    Arrays.setAll(all, i -> millis.getAsDouble());
    Arrays.sort(all);
    return all[(int) (percentile * all.length)];
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.9, 0.95})
  void uniformTimes(double percentile) {
    DoubleSupplier times = () -> 10 + 90 * random.nextDouble();
    LatencyEstimate estimate = of(percentile);
    record(estimate, 5_000, times);

    assertThat(millis(estimate)).isCloseTo(10 + 90 * percentile, Percentage.withPercentage(8));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.9, 0.95})
  void timesWithALongTail(double percentile) {
    DoubleSupplier times = () -> 20 * Math.exp(0.8 * random.nextGaussian());
    LatencyEstimate estimate = of(percentile);
    record(estimate, 5_000, times);

    assertThat(millis(estimate)).isCloseTo(truth(percentile, times), Percentage.withPercentage(15));
  }

  @Test
  void fewSlowOnesDoNotMoveThePercentileBelowThem() {
    DoubleSupplier times = () -> random.nextInt(50) == 0 ? 1_000 : 9 + 2 * random.nextDouble();
    LatencyEstimate estimate = of(0.95);
    record(estimate, 5_000, times);

    assertThat(millis(estimate)).isBetween(9.0, 12.0);
  }

  @Test
  void sameTimeEachTimeIsHardlyExceeded() {
    LatencyEstimate estimate = of(0.95);
    record(estimate, 2_000, () -> 30);

    assertThat(millis(estimate)).isCloseTo(30, within(30 * 0.12));
    assertThat(millis(estimate)).isGreaterThanOrEqualTo(29);
  }

  @Test
  void shiftUpIsFollowedWithinAFewDozenAttemptsAndOneDownWithinAFewThousand() {
    LatencyEstimate estimate = of(0.95);
    record(estimate, 10_000, () -> 10 + random.nextDouble());
    record(estimate, 80, () -> 100 + random.nextDouble());
    assertThat(millis(estimate)).isGreaterThan(90);

    record(estimate, 2_000, () -> 100 + random.nextDouble());
    record(estimate, 2_500, () -> 10 + random.nextDouble());
    assertThat(millis(estimate)).isLessThan(12);
  }

  @Test
  void nothingIsEstimatedOfTooFew() {
    LatencyEstimate estimate = of(0.95);
    record(estimate, 99, () -> 10);
    assertThat(estimate.nanos()).isNegative();
    record(estimate, 1, () -> 10);
    assertThat(estimate.nanos()).isPositive();

    assertThat(LatencyEstimate.minimum(0.5)).isEqualTo(20);
    assertThat(LatencyEstimate.minimum(0.99)).isEqualTo(500);
    assertThat(LatencyEstimate.minimum(0.9999)).isEqualTo(500);
  }

  @Test
  void extremesHaveTheirPlace() {
    LatencyEstimate estimate = of(0.5);
    record(estimate, 500, () -> 0);
    assertThat(estimate.nanos()).isBetween(0L, 20_000L);
    for (int i = 0; i < 2_000; i++) {
      estimate.record(Long.MAX_VALUE);
      estimate.record(-1);
      estimate.record(Long.MAX_VALUE);
    }
    assertThat(estimate.nanos()).isGreaterThan((long) 1e12);
  }
}
