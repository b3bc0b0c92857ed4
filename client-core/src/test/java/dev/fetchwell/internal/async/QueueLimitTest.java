package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueueLimitTest {

  @Test
  void givesNoMorePlacesThanThereAre() {
    QueueLimit limit = new QueueLimit(2);

    assertThat(limit.take()).isTrue();
    assertThat(limit.take()).isTrue();
    assertThat(limit.take()).isFalse();
    assertThat(limit.taken()).isEqualTo(2);
  }

  @Test
  void placeThatIsGivenBackCanBeTakenAgain() {
    QueueLimit limit = new QueueLimit(1);
    assertThat(limit.take()).isTrue();

    limit.giveBack();

    assertThat(limit.taken()).isZero();
    assertThat(limit.take()).isTrue();
  }

  @Test
  void limitOfZeroHasNoPlace() {
    assertThat(new QueueLimit(0).take()).isFalse();
  }
}
