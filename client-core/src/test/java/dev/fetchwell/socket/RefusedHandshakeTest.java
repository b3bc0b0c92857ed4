package dev.fetchwell.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.AddressBlockedError;
import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.CircuitOpenError;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.RateLimitExceededError;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Which handshakes are tried again that the client itself refused. */
class RefusedHandshakeTest {

  private static final CallFacts FACTS = new CallFacts("GET", "", 0, Duration.ZERO, false);

  @Test
  void whatAnotherMomentMayAllowIsTriedAgain() {
    for (FetchError error :
        new FetchError[] {
          new CircuitOpenError("", Duration.ofSeconds(30), FACTS),
          new RateLimitExceededError("", Duration.ofSeconds(1), FACTS),
          new BulkheadFullError("", FACTS)
        }) {
      assertThat(Reconnects.isTransient(error)).as(error.toString()).isTrue();
    }
  }

  @Test
  void whatNeverWillBeAllowedIsNot() {
    assertThat(Reconnects.isTransient(new ClientClosedError(FACTS))).isFalse();
    assertThat(Reconnects.isTransient(new AddressBlockedError("", FACTS))).isFalse();
  }
}
