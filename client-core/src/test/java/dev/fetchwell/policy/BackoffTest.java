package dev.fetchwell.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

  private static final Duration BASE = Duration.ofMillis(100);
  private static final Duration CAP = Duration.ofSeconds(10);
  private static final Backoff EXPONENTIAL = Backoff.exponential(BASE, CAP);

  @ParameterizedTest
  @CsvSource({
    "1,100",
    "2,200",
    "3,400",
    "4,800",
    "5,1600",
    "6,3200",
    "7,6400",
    "8,10000",
    "9,10000",
    "63,10000",
    "64,10000",
    "65,10000",
    "100,10000",
    "2147483647,10000"
  })
  void delayDoublesUpToTheCap(int attempt, long millis) {
    assertThat(EXPONENTIAL.withoutJitter().delay(attempt, new Random(1)))
        .isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void fullJitterIsBetweenZeroAndTheCappedDelay() {
    Random random = new Random(42);
    for (int attempt = 1; attempt <= 100; attempt++) {
      Duration full = EXPONENTIAL.withoutJitter().delay(attempt, random);
      for (int i = 0; i < 100; i++) {
        assertThat(EXPONENTIAL.withFullJitter().delay(attempt, random))
            .isBetween(Duration.ZERO, full);
      }
    }
  }

  @Test
  void equalJitterIsInTheUpperHalf() {
    Random random = new Random(42);
    for (int attempt = 1; attempt <= 100; attempt++) {
      Duration full = EXPONENTIAL.withoutJitter().delay(attempt, random);
      for (int i = 0; i < 100; i++) {
        assertThat(EXPONENTIAL.withEqualJitter().delay(attempt, random))
            .isBetween(full.dividedBy(2), full);
      }
    }
  }

  @Test
  void capComesBeforeTheJitterSoLateAttemptsStaySpread() {
    Random random = new Random(42);
    double mean =
        LongStream.range(0, 10_000)
            .map(i -> EXPONENTIAL.delay(50, random).toMillis())
            .average()
            .orElseThrow();

    assertThat(mean).isBetween(4_800.0, 5_200.0);
  }

  @Test
  void jitterReachesBothEnds() {
    Backoff tiny = Backoff.exponential(Duration.ofNanos(2), Duration.ofNanos(2)).withFullJitter();
    Random random = new Random(3);

    assertThat(LongStream.range(0, 200).map(i -> tiny.delay(1, random).toNanos()).distinct())
        .containsExactlyInAnyOrder(0L, 1L, 2L);
  }

  @Test
  void sameSeedGivesTheSameDelays() {
    Random one = new Random(7);
    Random other = new Random(7);
    for (int attempt = 1; attempt <= 20; attempt++) {
      assertThat(EXPONENTIAL.delay(attempt, one)).isEqualTo(EXPONENTIAL.delay(attempt, other));
    }
  }

  @Test
  void longestDurationsDoNotOverflow() {
    Duration century = Duration.ofDays(36_500);
    Backoff longest = Backoff.exponential(Duration.ofNanos(1), century);
    RandomGenerator random = new Random(1);
    for (int attempt = 1; attempt <= 100; attempt++) {
      assertThat(longest.withoutJitter().delay(attempt, random))
          .isBetween(Duration.ofNanos(1), century);
      assertThat(longest.withFullJitter().delay(attempt, random)).isBetween(Duration.ZERO, century);
      assertThat(longest.withEqualJitter().delay(attempt, random))
          .isBetween(Duration.ZERO, century);
    }
    assertThat(Backoff.exponential(century, century).withoutJitter().delay(90, random))
        .isEqualTo(century);
  }

  @Test
  void fixedIsAlwaysTheSameAndMayBeZero() {
    for (int attempt = 1; attempt <= 100; attempt++) {
      assertThat(Backoff.fixed(BASE).delay(attempt, new Random(1))).isEqualTo(BASE);
      assertThat(Backoff.fixed(Duration.ZERO).withFullJitter().delay(attempt, new Random(1)))
          .isZero();
    }
  }

  @Test
  void illegalKnobsAreRefused() {
    assertThatThrownBy(() -> Backoff.fixed(Duration.ofMillis(-1)))
        .hasMessage("delay: PT-0.001S (expected: >= 0 and <= 100 years)");
    assertThatThrownBy(() -> Backoff.exponential(Duration.ZERO, CAP))
        .hasMessage("base: PT0S (expected: > 0 and <= 100 years)");
    assertThatThrownBy(() -> Backoff.exponential(BASE, Duration.ofDays(36_501)))
        .hasMessage("cap: PT876024H (expected: > 0 and <= 100 years)");
    assertThatThrownBy(() -> Backoff.exponential(CAP, BASE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cap: PT0.1S (expected: >= base PT10S)");
    assertThatThrownBy(() -> EXPONENTIAL.delay(0, new Random(1)))
        .hasMessage("attempt: 0 (expected: >= 1)");
  }

  @Test
  void equalByValue() {
    assertThat(Backoff.exponential(BASE, CAP))
        .isEqualTo(EXPONENTIAL)
        .hasSameHashCodeAs(EXPONENTIAL)
        .isNotEqualTo(EXPONENTIAL.withoutJitter())
        .isNotEqualTo(EXPONENTIAL.withEqualJitter())
        .isNotEqualTo(Backoff.fixed(BASE));
  }

  @Test
  void textSaysWhatItDoes() {
    assertThat(EXPONENTIAL).hasToString("exponential PT0.1S up to PT10S with full jitter");
    assertThat(EXPONENTIAL.withEqualJitter()).asString().endsWith("with equal jitter");
    assertThat(Backoff.fixed(BASE)).hasToString("fixed PT0.1S");
  }
}
