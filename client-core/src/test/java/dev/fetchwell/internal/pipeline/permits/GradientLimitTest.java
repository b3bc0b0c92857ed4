package dev.fetchwell.internal.pipeline.permits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Samples in, limit out. */
class GradientLimitTest {

  /** Before the clock's long overflows. */
  private long now = Long.MAX_VALUE - 3_000_000_000L;

  private GradientLimit limit = new GradientLimit(1, 64);

  @ParameterizedTest
  @CsvSource({"1, 64, 16", "1, 10, 10", "20, 64, 20", "16, 16, 16", "1, 1, 1"})
  void beginsAtSixteenOrNextToIt(int floor, int ceiling, int expected) {
    assertThat(new GradientLimit(floor, ceiling).limit()).isEqualTo(expected);
  }

  @Test
  void doublesUntilTheHostGetsSlower() {
    window(50);
    assertThat(limit.limit()).isEqualTo(32);
    window(50);
    assertThat(limit.limit()).isEqualTo(64);
    window(100);
    assertThat(limit.limit()).isEqualTo(35);
    window(50);
    assertThat(limit.limit()).as("by half its square root").isEqualTo(38);
  }

  @ParameterizedTest
  @CsvSource({"50, 64", "55, 64", "57, 61", "60, 58", "70, 50", "100, 35", "500, 32"})
  void shrinksByTheGradientBeyondTheToleranceAndByHalfAtMost(int millis, int expected) {
    window(50);
    window(50);

    window(millis);

    assertThat(limit.limit()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 64", "1, 64", "2, 64", "3, 57", "24, 57", "25, 57", "100, 57"})
  void backsOffByATenthWhereSomeFail(int failures, int expected) {
    window(50);
    window(50);

    mixed(100 - failures, failures);

    assertThat(limit.limit()).isEqualTo(expected);
  }

  @Test
  void backsOffByHalfWhereForAWindowAllFail() {
    window(50);
    window(50);

    silence();

    assertThat(limit.limit()).isEqualTo(32);
  }

  @Test
  void doesNotWaitForTheWindowWhereManyAreRefusedAtOnce() {
    window(50);
    window(50);

    for (int i = 0; i < 50; i++) {
      now += 1_000;
      limit.overloaded(now - 500, now, 64);
    }

    assertThat(limit.limit()).isEqualTo(51);
  }

  @Test
  void growsWithCautionAfterAnOverload() {
    window(50);
    mixed(50, 50);
    int low = limit.limit();
    for (int i = 0; i < 4; i++) {
      window(50);
    }
    assertThat(limit.limit()).isLessThanOrEqualTo(low + 2);
    for (int i = 0; i < 30; i++) {
      window(50);
    }
    assertThat(limit.limit()).isGreaterThan(2 * low);
  }

  @Test
  void fallsToTheFloorInAnOutageAndFindsBackToHalfOfWhatItWasByDoubling() {
    window(50);
    window(50);
    for (int i = 0; i < 8; i++) {
      silence();
    }
    assertThat(limit.limit()).isEqualTo(1);

    for (int i = 0; i < 5; i++) {
      window(50);
    }

    assertThat(limit.limit()).isEqualTo(32);
    window(50);
    assertThat(limit.limit()).isEqualTo(32);
  }

  @Test
  void failuresOfThoseThatWereSentBeforeItBackedOffCountNoMore() {
    window(50);
    window(50);
    long sentBefore = now;
    silence();
    int after = limit.limit();

    now += 2_000_000_000;
    for (int i = 0; i < 64; i++) {
      limit.overloaded(sentBefore, now, 64);
    }

    assertThat(limit.limit()).isEqualTo(after);
  }

  @Test
  void samplesOfAClientThatDoesLittleChangeNothing() {
    for (int i = 0; i < 1_000; i++) {
      now += 10_000_000;
      limit.answered(now - 5_000_000, now, 1_000_000L * (1 + i % 7), 7);
      limit.overloaded(now - 5_000_000, now, 7);
    }

    assertThat(limit.limit()).isEqualTo(16);
  }

  @Test
  void answersThatDifferByChanceDoNotShrinkIt() {
    Random random = new Random(1);
    int least = 64;
    for (int i = 0; i < 40; i++) {
      for (int k = 0; k < 25; k++) {
        now += 4_100_000;
        long nanos = (long) (random.nextDouble() < 0.8 ? 10e6 : 500e6);
        limit.answered(now - 1, now, nanos, limit.limit());
      }
      least = i < 3 ? 64 : Math.min(least, limit.limit());
    }

    assertThat(least).isGreaterThanOrEqualTo(32);
  }

  @Test
  void hostThatIsSlowerByItselfIsMeasuredAgainAndFoundToBearAsMuch() {
    window(50);
    window(50);
    int least = 64;
    for (int i = 0; i < 40; i++) {
      window(200);
      least = Math.min(least, limit.limit());
    }

    assertThat(least).isLessThanOrEqualTo(8);
    assertThat(limit.limit()).isEqualTo(64);
  }

  @Test
  void nowAndThenTheUnloadedLatencyIsMeasuredWithHalfTheLimit() {
    int probes = 0;
    Duration passed = Duration.ZERO;
    while (passed.toSeconds() < 65) {
      long before = now;
      window(50);
      passed = passed.plusNanos(now - before);
      if (limit.limit() == 32 && passed.toSeconds() > 1) {
        probes++;
      }
    }

    assertThat(probes).isEqualTo(3);
    assertThat(limit.limit()).isEqualTo(64);
  }

  @Test
  void staysBetweenFloorAndCeiling() {
    limit = new GradientLimit(4, 10);
    for (int i = 0; i < 10; i++) {
      silence();
    }
    assertThat(limit.limit()).isEqualTo(4);
    for (int i = 0; i < 300; i++) {
      window(50);
      assertThat(limit.limit()).isBetween(4, 10);
    }
    assertThat(limit.limit()).isEqualTo(10);
  }

  /** A window of answers that all take as long, under the full limit. */
  private void window(int millis) {
    long latency = millis * 1_000_000L;
    long start = now + 1 + latency;
    now = start + Math.max(latency, 100_000_000);
    for (int i = 0; i < 25; i++) {
      limit.answered(start, now, latency, 64);
    }
  }

  /** As many as may run at once are sent, and none is answered. */
  private void silence() {
    long start = now + 1;
    now = start + 150_000_000;
    for (int i = 0; i < 64; i++) {
      limit.overloaded(start, now, 64);
    }
  }

  private void mixed(int answers, int failures) {
    long start = now + 1;
    now = start + 50_000_000;
    for (int i = 0; i < 99; i++) {
      if (i < answers) {
        limit.answered(start, now, 50_000_000, 64);
      }
      if (i < failures) {
        limit.overloaded(start, now, 64);
      }
    }
    now += 50_000_000;
    if (answers >= failures) {
      limit.answered(start, now, 50_000_000, 64);
    } else {
      limit.overloaded(start, now, 64);
    }
  }
}
