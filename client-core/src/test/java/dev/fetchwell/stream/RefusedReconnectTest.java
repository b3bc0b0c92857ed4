package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.CircuitOpenError;
import dev.fetchwell.error.RateLimitExceededError;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Feeds that the client itself keeps from connecting go on when it may let them. */
class RefusedReconnectTest {

  private static final CallFacts FACTS = new CallFacts("GET", "", 0, Duration.ZERO, false);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration LATER = Duration.ofSeconds(20);

  private final Reconnects reconnects =
      new Reconnects(SECOND, Duration.ofMinutes(1), 5, new Random(1));

  @Test
  void openCircuitIsWaitedForAsLongAsItSays() {
    assertThat(reconnects.after(new CircuitOpenError("", LATER, FACTS))).isEqualTo(LATER);
  }

  @Test
  void rateLimitIsWaitedForAsLongAsItSays() {
    assertThat(reconnects.after(new RateLimitExceededError("", LATER, FACTS))).isEqualTo(LATER);
  }

  @Test
  void neitherIsHammered() {
    assertThat(reconnects.after(new CircuitOpenError("", Duration.ZERO, FACTS)))
        .isGreaterThanOrEqualTo(SECOND);
  }
}
