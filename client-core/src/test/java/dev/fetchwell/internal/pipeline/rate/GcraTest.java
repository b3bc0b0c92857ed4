package dev.fetchwell.internal.pipeline.rate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.policy.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GcraTest {

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  /** Ten a second: one every 100 ms. */
  private final Gcra strict = new Gcra(RateLimit.perSecond(10));

  private static long goes(Gcra pace, long atMillis) {
    return pace.goes(atMillis * MILLI, false);
  }

  @Test
  void withoutABurstOneGoesEachInterval() {
    assertThat(strict.admits(0)).isTrue();
    goes(strict, 0);

    assertThat(strict.admits(100 * MILLI - 1)).isFalse();
    assertThat(strict.admits(100 * MILLI)).isTrue();
    assertThat(strict.due(0, 1)).isEqualTo(100 * MILLI);
    assertThat(strict.dueBehind(0, 3)).isEqualTo(400 * MILLI);
  }

  @Test
  void quietTimeIsNotSavedUpBeyondTheBurst() {
    Gcra pace = new Gcra(RateLimit.perSecond(10).burst(3));
    long hour = 3_600_000;
    for (int i = 0; i < 3; i++) {
      assertThat(pace.admits(hour * MILLI)).isTrue();
      goes(pace, hour);
    }
    assertThat(pace.admits(hour * MILLI)).isFalse();
    assertThat(pace.due(hour * MILLI, 1)).isEqualTo((hour + 100) * MILLI);
  }

  @Test
  void noWindowHasMoreThanTheBurstAndTheRate() {
    Random random = new Random(9);
    Gcra pace = new Gcra(RateLimit.perSecond(100).burst(5));
    List<Long> sent = new ArrayList<>();
    for (long now = 0; now < 20_000; now += random.nextInt(8)) {
      if (pace.admits(now * MILLI)) {
        goes(pace, now);
        sent.add(now);
      }
    }
    assertThat(sent).hasSizeGreaterThan(1_900);
    for (int from = 0; from < sent.size(); from++) {
      for (int to = from; to < Math.min(sent.size(), from + 300); to++) {
        long span = sent.get(to) - sent.get(from);
        assertThat(to - from + 1L).isLessThanOrEqualTo(5 + span / 10);
      }
    }
  }

  @Test
  void aLittleLatenessIsMadeUpForAndALongPauseIsNot() {
    goes(strict, 0);
    // Due at 100, but the timer comes 5 ms late: the next is due at 200 all the same.
    strict.goes(105 * MILLI, true);
    assertThat(strict.due(0, 1)).isEqualTo(200 * MILLI);

    // After a pause of ten seconds there is no burst of a hundred.
    strict.goes(10_200 * MILLI, true);
    assertThat(strict.due(0, 1)).isEqualTo(10_300 * MILLI - Gcra.LATENESS);
  }

  @Test
  void whoComesLateWithoutHavingWaitedMakesUpForNothing() {
    goes(strict, 0);
    goes(strict, 105);
    assertThat(strict.due(0, 1)).isEqualTo(205 * MILLI);
  }

  @Test
  void lastOneThatIsGivenBackIsAsIfItNeverCame() {
    goes(strict, 0);
    long unused = goes(strict, 100);
    strict.back(unused);
    assertThat(strict.admits(100 * MILLI)).isTrue();
  }

  @Test
  void timeThatHasGoneByIsNotGivenBack() {
    long unused = goes(strict, 0);
    goes(strict, 100);
    strict.back(unused);
    assertThat(strict.admits(199 * MILLI)).isFalse();

    long old = goes(strict, 500);
    goes(strict, 5_000);
    strict.back(old);
    assertThat(strict.admits(5_099 * MILLI)).isFalse();
  }

  @Test
  void partOfABurstThatIsGivenBackCanBeTakenAgain() {
    Gcra pace = new Gcra(RateLimit.perSecond(10).burst(5));
    long first = goes(pace, 0);
    for (int i = 1; i < 5; i++) {
      goes(pace, 0);
    }
    assertThat(pace.admits(0)).isFalse();

    pace.back(first);

    assertThat(pace.admits(0)).isTrue();
    goes(pace, 0);
    assertThat(pace.admits(0)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"3, PT1S, 333333334", "1000000000, PT1S, 1", "0.5, PT1S, 2000000000"})
  void intervalIsRoundedUp(double attempts, Duration period, long nanos) {
    Gcra pace = new Gcra(new RateLimit(attempts, period, 1));
    pace.goes(0, false);
    assertThat(pace.due(0, 1)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @CsvSource({"1, 2147483647", "0.000001, 2147483647", "0.000001, 1"})
  void longestSpansDoNotOverflow(double attempts, int burst) {
    Gcra pace = new Gcra(new RateLimit(attempts, Duration.ofDays(36_500), burst));
    long now = TimeUnit.DAYS.toNanos(365 * 20);
    for (int i = 0; i < 10 && pace.admits(now); i++) {
      pace.goes(now, false);
    }
    assertThat(pace.dueBehind(now, Integer.MAX_VALUE)).isPositive();
    assertThat(pace.idleAt()).isGreaterThan(now);
  }
}
