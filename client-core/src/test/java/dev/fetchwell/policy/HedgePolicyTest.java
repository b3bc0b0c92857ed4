package dev.fetchwell.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class HedgePolicyTest {

  @Test
  void defaultsAreAsDocumented() {
    HedgePolicy policy = HedgePolicy.atPercentile(0.95);

    assertThat(policy.fixedDelay()).isNull();
    assertThat(policy.most()).isEqualTo(1);
    assertThat(policy.share()).isEqualTo(0.05);
    assertThat(policy.isNone()).isFalse();
    assertThat(policy)
        .hasToString("HedgePolicy[at percentile 0.95, at most 1, of 0.05 of the calls]");
    assertThat(HedgePolicy.after(Duration.ofSeconds(1)).max(2))
        .hasToString("HedgePolicy[after PT1S, at most 2, of 0.05 of the calls]");
  }

  @Test
  void noneStaysNone() {
    assertThat(HedgePolicy.none().isNone()).isTrue();
    assertThat(HedgePolicy.none().max(3).budget(1).isNone()).isTrue();
    assertThat(HedgePolicy.none()).hasToString("HedgePolicy[none]");
  }

  @Test
  void illegalKnobIsRefusedAtOnce() {
    HedgePolicy policy = HedgePolicy.after(Duration.ofMillis(1));
    assertRefused("after: PT0S (expected: > 0", () -> HedgePolicy.after(Duration.ZERO));
    assertRefused("atPercentile: 0.0 (expected: > 0", () -> HedgePolicy.atPercentile(0));
    assertRefused("atPercentile: 95.0 (expected: > 0", () -> HedgePolicy.atPercentile(95));
    assertRefused("atPercentile: NaN", () -> HedgePolicy.atPercentile(Double.NaN));
    assertRefused("max: 0 (expected: >= 1)", () -> policy.max(0));
    assertRefused("budget: 0.0 (expected: > 0 and <= 1)", () -> policy.budget(0));
    assertRefused("budget: 1.1 (expected: > 0 and <= 1)", () -> policy.budget(1.1));
  }

  private static void assertRefused(String start, ThrowingCallable knob) {
    assertThatThrownBy(knob)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(start);
  }

  @Test
  void equalByValue() {
    assertThat(HedgePolicy.atPercentile(0.9).max(2).budget(0.1))
        .isEqualTo(HedgePolicy.atPercentile(0.9).budget(0.1).max(2))
        .hasSameHashCodeAs(HedgePolicy.atPercentile(0.9).budget(0.1).max(2))
        .isNotEqualTo(HedgePolicy.atPercentile(0.9))
        .isNotEqualTo(HedgePolicy.after(Duration.ofSeconds(1)));
  }
}
