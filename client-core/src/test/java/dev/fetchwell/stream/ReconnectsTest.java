package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReconnectsTest {

  private static final CallFacts FACTS = new CallFacts("GET", "", 1, Duration.ZERO, true);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration AT_ONCE = Duration.ofMillis(5);

  private final FetchError reset = connection(ConnectionError.Kind.RESET);

  static Stream<FetchError> transientErrors() {
    return Stream.of(
        connection(ConnectionError.Kind.RESET),
        connection(ConnectionError.Kind.DNS),
        connection(ConnectionError.Kind.CONNECT),
        new FetchTimeoutError(FetchTimeoutError.Phase.IDLE, SECOND, FACTS, null),
        new BulkheadFullError("full", FACTS),
        status(408, Optional.empty()),
        status(429, Optional.empty()),
        status(500, Optional.empty()),
        status(503, Optional.empty()));
  }

  static Stream<FetchError> finalErrors() {
    return Stream.of(
        connection(ConnectionError.Kind.TLS),
        connection(ConnectionError.Kind.PROTOCOL),
        new ClientClosedError(FACTS),
        new DecodeError(String.class, "", "", FACTS, null),
        status(400, Optional.empty()),
        status(401, Optional.empty()),
        status(404, Optional.empty()));
  }

  @ParameterizedTest
  @MethodSource("transientErrors")
  void transientErrorIsWaitedFor(FetchError error) {
    assertThat(reconnects(SECOND).after(error)).isBetween(SECOND, SECOND.multipliedBy(2));
  }

  @ParameterizedTest
  @MethodSource("finalErrors")
  void finalErrorIsThrown(FetchError error) {
    assertThatThrownBy(() -> reconnects(SECOND).after(error)).isSameAs(error);
  }

  @Test
  void delayDoublesUpToThirtySecondsAndBeginsAnewAfterAnEvent() {
    Reconnects reconnects = reconnects(SECOND);
    for (int shortest : new int[] {1, 2, 4, 8, 15, 15, 15}) {
      assertThat(reconnects.after(reset))
          .isBetween(Duration.ofSeconds(shortest), Duration.ofSeconds(2L * shortest));
    }
    reconnects.heard();
    assertThat(reconnects.after(reset)).isBetween(SECOND, Duration.ofSeconds(2));
  }

  @Test
  void endOfAConnectionIsNoFailure() {
    Reconnects reconnects = new Reconnects(SECOND, MINUTE, 1, new Random(1));
    reconnects.afterEnd(AT_ONCE);
    reconnects.afterEnd(AT_ONCE);
    reconnects.after(reset);
    reconnects.afterEnd(AT_ONCE);
    assertThatThrownBy(() -> reconnects.after(reset)).isSameAs(reset);
  }

  @Test
  void serverMayAskForAnotherDelay() {
    Reconnects reconnects = reconnects(SECOND);
    reconnects.asked(Duration.ofMillis(20));
    assertThat(reconnects.after(reset)).isBetween(Duration.ofMillis(20), Duration.ofMillis(40));
    reconnects.heard();
    reconnects.asked(Duration.ofSeconds(25));
    for (int i = 0; i < 3; i++) {
      assertThat(reconnects.after(reset)).isBetween(Duration.ofSeconds(25), Duration.ofSeconds(50));
    }
  }

  @Test
  void retryZeroIsAtOnceOnlyWhileEventsCome() {
    Reconnects reconnects = reconnects(SECOND);
    reconnects.asked(Duration.ZERO);
    reconnects.heard();
    assertThat(reconnects.afterEnd(AT_ONCE)).isZero();
    assertThat(reconnects.afterEnd(AT_ONCE)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
    assertThat(reconnects.after(reset)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
    assertThat(reconnects.after(reset)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
  }

  @Test
  void longerRetryAfterIsHonoured() {
    Duration asked = Duration.ofSeconds(50);
    assertThat(reconnects(SECOND).after(status(503, Optional.of(asked)))).isEqualTo(asked);
    assertThat(reconnects(SECOND).after(status(429, Optional.of(Duration.ZERO))))
        .isGreaterThanOrEqualTo(SECOND);
  }

  @Test
  void noServerMakesAFeedWaitLongerThanItsLongestDelay() {
    Reconnects reconnects = reconnects(SECOND);
    reconnects.asked(Duration.ofDays(10));
    assertThat(reconnects.afterEnd(AT_ONCE)).isEqualTo(MINUTE);
    assertThat(reconnects.after(status(503, Optional.of(Duration.ofDays(1))))).isEqualTo(MINUTE);
    Duration own = Duration.ofMinutes(5);
    assertThat(reconnects(own).after(reset)).isEqualTo(own);
  }

  @Test
  void connectionsWithoutAnEventAreFollowedLaterAndLater() {
    Reconnects reconnects = reconnects(SECOND);
    for (int shortest : new int[] {1, 2, 4, 8, 15, 15}) {
      assertThat(reconnects.afterEnd(AT_ONCE))
          .isBetween(Duration.ofSeconds(shortest), Duration.ofSeconds(2L * shortest));
    }
    reconnects.heard();
    assertThat(reconnects.afterEnd(AT_ONCE)).isBetween(SECOND, Duration.ofSeconds(2));
    assertThat(reconnects.afterEnd(AT_ONCE)).isBetween(SECOND, Duration.ofSeconds(2));
    assertThat(reconnects.afterEnd(AT_ONCE)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void quietFeedThatIsCutAfterLongIsNoEmptyOne() {
    Reconnects reconnects = reconnects(SECOND);
    for (int i = 0; i < 5; i++) {
      assertThat(reconnects.afterEnd(MINUTE)).isBetween(SECOND, Duration.ofSeconds(2));
    }
  }

  @Test
  void malformedAnswerIsTriedAgainOnlyBehindAnEvent() {
    Reconnects reconnects = reconnects(SECOND);
    FetchError malformed = connection(ConnectionError.Kind.PROTOCOL);
    reconnects.heard();
    assertThat(reconnects.after(malformed)).isGreaterThanOrEqualTo(SECOND);
    assertThatThrownBy(() -> reconnects.after(malformed)).isSameAs(malformed);
  }

  private static Reconnects reconnects(Duration base) {
    return new Reconnects(base, MINUTE, Integer.MAX_VALUE, new Random(1));
  }

  private static FetchError connection(ConnectionError.Kind kind) {
    return new ConnectionError(kind, "", FACTS, null);
  }

  private static FetchError status(int status, Optional<Duration> retryAfter) {
    return HttpStatusError.of(status, Map.of(), new byte[0], retryAfter.orElse(null), FACTS);
  }
}
