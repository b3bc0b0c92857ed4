package dev.fetchwell.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HarTimingsTest {

  private static final long MS = 1_000_000;

  private static final CallFacts FACTS =
      new CallFacts("GET", "https://a.example/", 1, Duration.ZERO, true);

  private static final Phases PHASES =
      new Phases(
          Duration.ofMillis(1),
          Duration.ofMillis(2),
          Duration.ofMillis(4),
          Duration.ofMillis(8),
          Duration.ofMillis(16),
          Duration.ofMillis(32),
          Duration.ofMillis(64),
          Duration.ofMillis(128),
          false);

  private static HarTimings stuck(FetchError error) {
    return HarTimings.of(Phases.NONE, 5 * MS, 0, error);
  }

  @Test
  void handshakeIsAPartOfConnecting() {
    HarTimings timings = HarTimings.of(PHASES, 255 * MS, 200, null);

    assertThat(timings)
        .isEqualTo(new HarTimings(MS, 2 * MS, 12 * MS, 8 * MS, 16 * MS, 32 * MS, 64 * MS));
    assertThat(timings.sum()).isEqualTo(127 * MS);
  }

  @Test
  void whatDidNotHappenIsMinusOne() {
    HarTimings timings = HarTimings.of(Phases.NONE, 0, 200, null);

    assertThat(timings).isEqualTo(new HarTimings(0, -1, -1, -1, 0, 0, 0));
  }

  @Test
  void timeBetweenThePhasesOfAnAnsweredAttemptIsBlocked() {
    HarTimings timings = HarTimings.of(PHASES, 300 * MS, 200, null);

    assertThat(timings.blocked()).isEqualTo(46 * MS);
    assertThat(timings.sum()).isEqualTo((300 - 128) * MS);
  }

  @Test
  void timeThatNoPhaseAccountsForBelongsToWhatCameToNothing() {
    assertThat(stuck(timeout(FetchTimeoutError.Phase.QUEUE)).blocked()).isEqualTo(5 * MS);
    assertThat(stuck(timeout(FetchTimeoutError.Phase.CONNECT)).connect()).isEqualTo(5 * MS);
    assertThat(stuck(timeout(FetchTimeoutError.Phase.ATTEMPT)).waiting()).isEqualTo(5 * MS);
    assertThat(stuck(broken(ConnectionError.Kind.DNS)).dns()).isEqualTo(5 * MS);
    assertThat(stuck(broken(ConnectionError.Kind.TLS)).connect()).isEqualTo(5 * MS);
    assertThat(stuck(broken(ConnectionError.Kind.RESET)).waiting()).isEqualTo(5 * MS);
    assertThat(HarTimings.of(Phases.NONE, 5 * MS, 0, null).waiting()).isEqualTo(5 * MS);
    FetchError cut = broken(ConnectionError.Kind.RESET);
    assertThat(HarTimings.of(Phases.NONE, 5 * MS, 200, cut).receive()).isEqualTo(5 * MS);
  }

  private static FetchError timeout(FetchTimeoutError.Phase phase) {
    return new FetchTimeoutError(phase, Duration.ofSeconds(1), FACTS, null);
  }

  private static FetchError broken(ConnectionError.Kind kind) {
    return new ConnectionError(kind, "", FACTS, null);
  }
}
