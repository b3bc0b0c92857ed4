package dev.fetchwell.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.error.FetchError;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CircuitBreakerPolicyTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private static CircuitBreakerPolicy.Builder builder() {
    return CircuitBreakerPolicy.builder();
  }

  static Stream<Arguments> illegalKnobs() {
    return Stream.of(
        knob("failureRate: 0.0 (expected: > 0 and <= 1)", () -> builder().failureRate(0)),
        knob("failureRate: 50.0 (expected: > 0 and <= 1)", () -> builder().failureRate(50)),
        knob("failureRate: NaN (expected: > 0 and <= 1)", () -> builder().failureRate(Double.NaN)),
        knob("slidingWindow: 0 (expected: 1 to 100000)", () -> builder().slidingWindow(0)),
        knob(
            "slidingWindow: 100001 (expected: 1 to 100000)",
            () -> builder().slidingWindow(100_001)),
        knob("minimumCalls: 0 (expected: >= 1)", () -> builder().minimumCalls(0)),
        knob("trialCalls: 0 (expected: 1 to 100000)", () -> builder().trialCalls(0)),
        knob(
            "openFor: PT0S (expected: > 0 and <= 100 years)",
            () -> builder().openFor(Duration.ZERO)),
        knob("slowCalls: 1.5 (expected: > 0 and <= 1)", () -> builder().slowCalls(SECOND, 1.5)),
        knob(
            "slowCalls: PT-1S (expected: > 0 and <= 100 years)",
            () -> builder().slowCalls(SECOND.negated(), 1)),
        knob(
            "minimumCalls: 30 (expected: <= slidingWindow 10)",
            () -> builder().slidingWindow(10).minimumCalls(30).build()));
  }

  private static Arguments knob(String message, ThrowingCallable knob) {
    return Arguments.of(message, knob);
  }

  @ParameterizedTest
  @MethodSource("illegalKnobs")
  void illegalKnobIsRefusedAtOnce(String message, ThrowingCallable knob) {
    assertThatThrownBy(knob).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void standardIsAsDocumented() {
    CircuitBreakerPolicy standard = CircuitBreakerPolicy.standard();

    assertThat(standard.failureRate()).isEqualTo(0.5);
    assertThat(standard.slidingWindow()).isEqualTo(100);
    assertThat(standard.minimumCalls()).isEqualTo(20);
    assertThat(standard.openFor()).isEqualTo(Duration.ofSeconds(30));
    assertThat(standard.trialCalls()).isEqualTo(5);
    assertThat(standard.slowAfter()).isNull();
    assertThat(standard)
        .hasToString(
            "CircuitBreakerPolicy[0.5 of 100 failed, at least 20, open for PT30S, 5 trials]");
  }

  @Test
  void shorterWindowTakesTheMinimumDownWithIt() {
    assertThat(builder().slidingWindow(10).build().minimumCalls()).isEqualTo(10);
    assertThat(builder().slidingWindow(10).minimumCalls(3).build().minimumCalls()).isEqualTo(3);
  }

  @Test
  void equalByValue() {
    Predicate<FetchError> condition = error -> true;
    CircuitBreakerPolicy one = builder().slowCalls(SECOND, 1).countAsFailure(condition).build();
    CircuitBreakerPolicy same = builder().slowCalls(SECOND, 1).countAsFailure(condition).build();

    assertThat(one).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(one).isNotEqualTo(CircuitBreakerPolicy.standard());
    assertThat(builder().build()).isEqualTo(CircuitBreakerPolicy.standard());
  }
}
