package dev.fetchwell.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.policy.RetryPolicy;
import java.time.Duration;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CallOptionsTest {

  private static final CallOptions STANDARD = CallOptions.standard();
  private static final Duration SECOND = Duration.ofSeconds(1);

  static Stream<Arguments> illegalKnobs() {
    return Stream.of(
        knob(
            "timeout: PT0S (expected: > 0 and <= 100 years)",
            () -> STANDARD.timeout(Duration.ZERO)),
        knob(
            "timeout: PT876024H (expected: > 0 and <= 100 years)",
            () -> STANDARD.timeout(Duration.ofDays(36_501))),
        knob(
            "attemptTimeout: PT-1S (expected: > 0 and <= 100 years)",
            () -> STANDARD.attemptTimeout(SECOND.negated())),
        knob(
            "connectTimeout: PT0S (expected: > 0 and <= 100 years)",
            () -> STANDARD.connectTimeout(Duration.ZERO)),
        knob(
            "idleTimeout: PT0S (expected: > 0 and <= 100 years)",
            () -> STANDARD.idleTimeout(Duration.ZERO)),
        knob(
            "queueTimeout: PT0S (expected: > 0 and <= 100 years)",
            () -> STANDARD.queueTimeout(Duration.ZERO)),
        knob("maxResponseBytes: -1 (expected: >= 0)", () -> STANDARD.maxResponseBytes(-1)),
        knob(
            "attemptTimeout: PT1S (expected: <= timeout PT0.5S)",
            () -> STANDARD.attemptTimeout(SECOND).timeout(Duration.ofMillis(500)).checked()));
  }

  @ParameterizedTest
  @MethodSource("illegalKnobs")
  void illegalKnobIsRefusedAtOnce(String message, ThrowingCallable knob) {
    assertThatThrownBy(knob).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void standardIsAsDocumented() {
    assertThat(STANDARD.timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(STANDARD.attemptTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(STANDARD.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(STANDARD.idleTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(STANDARD.queueTimeout()).isNull();
    assertThat(STANDARD.retry()).isEqualTo(RetryPolicy.standard());
    assertThat(STANDARD.maxResponseBytes()).isEqualTo(10L * 1024 * 1024);
    assertThat(STANDARD.followsRedirects()).isTrue();
    assertThat(STANDARD.tag()).isEmpty();
  }

  @Test
  void eachKnobChangesACopyAndNothingElse() {
    CallOptions changed =
        STANDARD
            .timeout(Duration.ofSeconds(20))
            .attemptTimeout(Duration.ofSeconds(2))
            .connectTimeout(Duration.ofSeconds(3))
            .idleTimeout(Duration.ofSeconds(4))
            .queueTimeout(Duration.ofSeconds(5))
            .retry(RetryPolicy.none())
            .maxResponseBytes(6)
            .followRedirects(false)
            .tag("seven");

    assertThat(changed.timeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(changed.attemptTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(changed.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(changed.idleTimeout()).isEqualTo(Duration.ofSeconds(4));
    assertThat(changed.queueTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(changed.retry()).isEqualTo(RetryPolicy.none());
    assertThat(changed.maxResponseBytes()).isEqualTo(6);
    assertThat(changed.followsRedirects()).isFalse();
    assertThat(changed.tag()).isEqualTo("seven");
    standardIsAsDocumented();
  }

  @Test
  void shorterTotalTakesAnInheritedAttemptDownWithIt() {
    assertThat(STANDARD.timeout(SECOND).checked().attemptTimeout()).isEqualTo(SECOND);

    CallOptions ofClient = STANDARD.attemptTimeout(Duration.ofSeconds(8)).checked();
    assertThat(ofClient.inherited().timeout(SECOND).checked().attemptTimeout()).isEqualTo(SECOND);
    assertThatThrownBy(() -> ofClient.timeout(SECOND).checked())
        .hasMessage("attemptTimeout: PT8S (expected: <= timeout PT1S)");
  }

  private static Arguments knob(String message, ThrowingCallable knob) {
    return Arguments.of(message, knob);
  }
}
