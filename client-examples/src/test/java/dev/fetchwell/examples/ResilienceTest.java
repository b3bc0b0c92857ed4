package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ResilienceTest {

  @Test
  void everyLayerDoesWhatItClaims() {
    Printed printed = Printed.of("Resilience");
    assertThat(printed.exitCode()).as(printed.out()).isZero();
    assertThat(printed.out())
        .contains("Circuit breaker", "Rate limit", "Cool-down", "Hedging", "Adaptive limit")
        .contains("One flight", "Deadline header", "Address guard")
        .doesNotContain("NO  ");
  }
}
