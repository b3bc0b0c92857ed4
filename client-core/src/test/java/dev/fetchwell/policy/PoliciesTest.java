package dev.fetchwell.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PoliciesTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final CallFacts FACTS = new CallFacts("GET", "u", 1, Duration.ZERO, false);

  static Stream<Arguments> illegalKnobs() {
    return Stream.of(
        knob("maxAttempts: 0 (expected: >= 1)", () -> RetryPolicy.builder().maxAttempts(0)),
        knob("maxAttempts: -5 (expected: >= 1)", () -> RetryPolicy.builder().maxAttempts(-5)),
        knob(
            "retryOnStatus: 399 (expected: 400 to 599)",
            () -> RetryPolicy.builder().retryOnStatus(500, 399)),
        knob(
            "retryOnStatus: 600 (expected: 400 to 599)",
            () -> RetryPolicy.builder().retryOnStatus(600)),
        knob(
            "respectRetryAfter: PT-1S (expected: >= 0 and <= 100 years)",
            () -> RetryPolicy.builder().respectRetryAfter(SECOND.negated())),
        knob("perSuccess: -0.1 (expected: >= 0 and finite)", () -> RetryBudget.of(-0.1, 0, 1)),
        knob("perSecond: NaN (expected: >= 0 and finite)", () -> RetryBudget.of(0, Double.NaN, 1)),
        knob(
            "perSecond: Infinity (expected: >= 0 and finite)",
            () -> RetryBudget.of(0, Double.POSITIVE_INFINITY, 1)),
        knob("capacity: 0 (expected: >= 1)", () -> RetryBudget.of(0, 0, 0)));
  }

  @ParameterizedTest
  @MethodSource("illegalKnobs")
  void illegalKnobIsRefusedAtOnce(String message, ThrowingCallable knob) {
    assertThatThrownBy(knob).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  @SuppressWarnings("NullAway") // It is what is tested.
  void nullIsRefusedAtOnce() {
    RetryPolicy.Builder builder = RetryPolicy.builder();
    assertThatThrownBy(() -> builder.backoff(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> builder.budget(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> builder.retryIf(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> builder.retryOnStatus((int[]) null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> builder.respectRetryAfter(null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> Backoff.fixed(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void standardIsAsDocumented() {
    RetryPolicy retry = RetryPolicy.standard();
    assertThat(retry.maxAttempts()).isEqualTo(3);
    assertThat(retry.backoff())
        .isEqualTo(Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(10)))
        .asString()
        .endsWith("with full jitter");
    assertThat(retry.retryAfterCap()).isEqualTo(Duration.ofSeconds(60));
    assertThat(retry.budget()).isEqualTo(RetryBudget.of(0.2, 3, 100));
    assertThat(retry.retriesNonIdempotent()).isFalse();
    assertThat(RetryPolicy.none().maxAttempts()).isEqualTo(1);
  }

  @Test
  void statusesReplaceTheDefaultOnes() {
    RetryPolicy policy = RetryPolicy.builder().retryOnStatus(418, 418).build();

    assertThat(policy.retries(status(418))).isTrue();
    assertThat(policy.retries(status(503))).isFalse();
    assertThat(policy.retries(timeout(FetchTimeoutError.Phase.ATTEMPT))).isTrue();
    assertThat(RetryPolicy.builder().retryOnStatus().build().retries(status(503))).isFalse();
  }

  @Test
  void predicateReplacesEveryDefault() {
    RetryPolicy policy = RetryPolicy.builder().retryIf(error -> false).build();

    assertThat(policy.retries(status(503))).isFalse();
    assertThat(policy.retries(timeout(FetchTimeoutError.Phase.ATTEMPT))).isFalse();
  }

  @Test
  void equalByValue() {
    Predicate<FetchError> condition = error -> true;
    RetryPolicy one = RetryPolicy.builder().maxAttempts(5).retryIf(condition).build();
    RetryPolicy same = RetryPolicy.builder().maxAttempts(5).retryIf(condition).build();

    assertThat(one).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(RetryPolicy.standard());
    assertThat(RetryPolicy.builder().retryOnStatus(503, 500).build())
        .isEqualTo(RetryPolicy.builder().retryOnStatus(500, 503).build());
    assertThat(RetryPolicy.standard()).asString().startsWith("RetryPolicy[3 attempts, ");
  }

  @Test
  void unlimitedBudgetIsNotCounted() {
    assertThat(RetryBudget.unlimited().isUnlimited()).isTrue();
    assertThat(RetryBudget.standard().isUnlimited()).isFalse();
  }

  private static Arguments knob(String message, ThrowingCallable knob) {
    return Arguments.of(message, knob);
  }

  private static FetchError status(int status) {
    return HttpStatusError.of(status, Map.of(), new byte[0], null, FACTS);
  }

  private static FetchError timeout(FetchTimeoutError.Phase phase) {
    return new FetchTimeoutError(phase, SECOND, FACTS, null);
  }
}
