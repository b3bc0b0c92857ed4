package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyedQueueLimitTest {

  @Test
  void eachKeyHasItsShareAndAllTogetherTheirs() {
    KeyedQueueLimit limit = new KeyedQueueLimit(3, 2);

    assertThat(limit.take("a")).isTrue();
    assertThat(limit.take("a")).isTrue();
    assertThat(limit.take("a")).isFalse();
    assertThat(limit.take("b")).isTrue();
    assertThat(limit.take("c")).isFalse();
    assertThat(limit.taken()).isEqualTo(3);
  }

  @Test
  void placeThatIsGivenBackCanBeTakenAgainAndItsKeyIsForgotten() {
    KeyedQueueLimit limit = new KeyedQueueLimit(1, 1);
    assertThat(limit.take("a")).isTrue();
    assertThat(limit.take("b")).isFalse();

    limit.giveBack("a");

    assertThat(limit.taken()).isZero();
    assertThat(limit.keys()).isZero();
    assertThat(limit.take("b")).isTrue();
  }

  @Test
  void noPlaceLeavesNothingBehind() {
    assertThat(new KeyedQueueLimit(0, 0).take("a")).isFalse();
    KeyedQueueLimit none = new KeyedQueueLimit(5, 0);
    assertThat(none.take("a")).isFalse();
    assertThat(none.taken()).isZero();
    assertThat(none.keys()).isZero();
  }
}
