package dev.fetchwell.internal.pipeline.permits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PermitLimitsTest {

  private static final PermitLimits STANDARD = PermitLimits.standard();

  static Stream<Arguments> illegalKnobs() {
    return Stream.of(
        knob("maxConcurrency: 0 (expected: >= 1)", () -> new PermitLimits(0, 1, 0, 0)),
        knob("maxConcurrencyPerHost: 0 (expected: >= 1)", () -> new PermitLimits(1, 0, 0, 0)),
        knob("maxQueued: -1 (expected: >= 0)", () -> new PermitLimits(1, 1, -1, 0)),
        knob("maxQueuedPerHost: -1 (expected: >= 0)", () -> new PermitLimits(1, 1, 0, -1)),
        knob(
            "maxConcurrencyPerHost: 3 (expected: <= maxConcurrency 2)",
            () -> new PermitLimits(2, 3, 0, 0)),
        knob("maxQueuedPerHost: 3 (expected: <= maxQueued 2)", () -> new PermitLimits(1, 1, 2, 3)),
        knob(
            "maxConcurrencyPerHost: 3 (expected: <= maxConcurrency 2)",
            () -> STANDARD.with(2, 3, null, null)),
        knob(
            "maxConcurrencyPerHost: 257 (expected: <= maxConcurrency 256)",
            () -> STANDARD.with(null, 257, null, null)),
        knob(
            "maxQueuedPerHost: 3 (expected: <= maxQueued 2)",
            () -> STANDARD.with(null, null, 2, 3)));
  }

  @ParameterizedTest
  @MethodSource("illegalKnobs")
  void illegalKnobIsRefusedAtOnce(String message, ThrowingCallable knob) {
    assertThatThrownBy(knob).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void standardIsAsDocumented() {
    assertThat(STANDARD).isEqualTo(new PermitLimits(256, 64, 10_000, 5_000));
  }

  @Test
  void nothingSetChangesNothing() {
    assertThat(STANDARD.with(null, null, null, null)).isEqualTo(STANDARD);
  }

  @Test
  void lowerLimitInAllTakesTheInheritedOnePerHostDownWithIt() {
    assertThat(STANDARD.with(8, null, null, null)).isEqualTo(new PermitLimits(8, 8, 10_000, 5_000));
    assertThat(STANDARD.with(1_000, null, null, null))
        .isEqualTo(new PermitLimits(1_000, 64, 10_000, 5_000));
  }

  @Test
  void halfOfThePlacesAreOneHostsUnlessTheyAreSet() {
    assertThat(STANDARD.with(null, null, 7, null)).isEqualTo(new PermitLimits(256, 64, 7, 4));
    assertThat(STANDARD.with(null, null, 1, null)).isEqualTo(new PermitLimits(256, 64, 1, 1));
    assertThat(STANDARD.with(null, null, 0, null)).isEqualTo(new PermitLimits(256, 64, 0, 0));
    assertThat(STANDARD.with(null, null, 7, 7)).isEqualTo(new PermitLimits(256, 64, 7, 7));
    assertThat(STANDARD.with(null, null, null, 10))
        .isEqualTo(new PermitLimits(256, 64, 10_000, 10));
  }

  private static Arguments knob(String message, ThrowingCallable knob) {
    return Arguments.of(message, knob);
  }
}
