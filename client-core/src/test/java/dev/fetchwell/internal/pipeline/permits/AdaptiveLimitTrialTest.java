package dev.fetchwell.internal.pipeline.permits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.policy.AdaptiveLimit;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What the adaptive limit is for: a server that does 20 requests at once, 400 a second, slows down
 * with more and refuses many. The figures of {@code docs/resilience.md} are those that this prints.
 */
class AdaptiveLimitTrialTest {

  private static final Duration HALF_MINUTE = Duration.ofSeconds(30);
  private static final Duration PHASE = Duration.ofSeconds(20);

  @Test
  void overloadedServerKeepsMostOfItsGoodputAndFailsHardlyAnyCall() {
    LoadTrial tooMany = trial("static 64", 64, null, 480);
    LoadTrial right = trial("static 20", 20, null, 480);
    LoadTrial adaptive = trial("adaptive", 64, AdaptiveLimit.standard(), 480);

    assertThat(tooMany.goodput()).isLessThan(0.5 * right.goodput());
    assertThat(adaptive.goodput()).isGreaterThan(0.85 * right.goodput());
    assertThat(adaptive.goodput()).isGreaterThan(2 * tooMany.goodput());
    assertThat(adaptive.failed()).isLessThan(0.01);
    assertThat(tooMany.failed()).isGreaterThan(0.5);
    assertThat(adaptive.percentile(0.99)).isLessThan(1.1 * right.percentile(0.99));
    assertThat(adaptive.meanLimit()).isBetween(17.0, 25.0);
  }

  @Test
  void busyServerIsNotDrivenIntoOverload() {
    LoadTrial tooMany = trial("static 64", 64, null, 360);
    LoadTrial right = trial("static 20", 20, null, 360);
    LoadTrial adaptive = trial("adaptive", 64, AdaptiveLimit.standard(), 360);

    assertThat(tooMany.goodput()).isLessThan(0.6 * right.goodput());
    assertThat(adaptive.goodput()).isGreaterThan(0.98 * right.goodput());
    assertThat(adaptive.rejected() + adaptive.failed()).isLessThan(0.01);
    assertThat(adaptive.percentile(0.99)).isLessThan(0.75 * tooMany.percentile(0.99));
  }

  @Test
  void limitFollowsACapacityThatFallsAndRises() {
    LoadTrial tooMany = step("static 64", 64, null);
    LoadTrial notThen = step("static 20", 20, null);
    LoadTrial adaptive = step("adaptive", 64, AdaptiveLimit.standard());

    assertThat(adaptive.secondsUntil(90, 20, 40)).isLessThan(5);
    assertThat(adaptive.secondsUntil(680, 40, 60)).isLessThan(5);
    assertThat(notThen.secondsUntil(90, 20, 40)).isInfinite();
    assertThat(notThen.secondsUntil(680, 40, 60)).isInfinite();
    assertThat(tooMany.secondsUntil(90, 20, 40)).isInfinite();
    assertThat(tooMany.secondsUntil(680, 40, 60)).isInfinite();
    assertThat(adaptive.goodput()).isGreaterThan(1.25 * notThen.goodput());
    assertThat(adaptive.failed()).isLessThan(0.01);
  }

  @Test
  void outageEndsInAFewSeconds() {
    LoadTrial adaptive = new LoadTrial(64, AdaptiveLimit.standard(), 20, 1);
    adaptive.run(360, Duration.ofSeconds(10));
    adaptive.server.down(true);
    adaptive.run(360, Duration.ofSeconds(10));
    assertThat(adaptive.limit()).isLessThanOrEqualTo(2);

    adaptive.server.down(false);
    adaptive.run(360, Duration.ofSeconds(15));

    assertThat(adaptive.secondsUntil(340, 20, 35)).isLessThan(4);
  }

  private static LoadTrial trial(
      String name, int most, @Nullable AdaptiveLimit adaptive, int perSecond) {
    LoadTrial trial = new LoadTrial(most, adaptive, 20, 1);
    trial.run(perSecond, HALF_MINUTE);
    print(perSecond + "/s, " + name, trial, "");
    return trial;
  }

  private static LoadTrial step(String name, int most, @Nullable AdaptiveLimit adaptive) {
    LoadTrial trial = new LoadTrial(most, adaptive, 20, 1);
    trial.run(480, PHASE);
    trial.server.capacity(5);
    trial.run(120, PHASE);
    trial.server.capacity(40);
    trial.run(960, PHASE);
    String recovery =
        String.format(
            Locale.ROOT,
            ", 20 to 5 %.1f s, 5 to 40 %.1f s",
            trial.secondsUntil(90, 20, 40),
            trial.secondsUntil(680, 40, 60));
    print("step, " + name, trial, recovery);
    return trial;
  }

  private static void print(String name, LoadTrial trial, String more) {
    System.out.printf(
        Locale.ROOT,
        "%s: goodput %.0f/s, p50 %.0f ms, p99 %.0f ms, rejected %.1f %%, failed %.1f %%, limit"
            + " %.1f%s%n",
        name,
        trial.goodput(),
        trial.percentile(0.5),
        trial.percentile(0.99),
        100 * trial.rejected(),
        100 * trial.failed(),
        trial.meanLimit(),
        more);
  }
}
