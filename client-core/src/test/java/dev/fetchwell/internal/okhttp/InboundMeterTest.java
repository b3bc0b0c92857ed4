package dev.fetchwell.internal.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InboundMeterTest {

  private static final int CHUNK = 8 * 1024;
  private static final int MIB = 1024 * 1024;

  private final VirtualTimer time = new VirtualTimer();
  private final InboundMeter meter = new InboundMeter(time);

  /** How many floods were told of so many bytes, that came in so much time. */
  private int receive(int bytes, Duration within, boolean carriesCalls) {
    int chunks = bytes / CHUNK;
    int most = 0;
    for (int i = 0; i < chunks; i++) {
      most = Math.max(most, meter.received(CHUNK, carriesCalls));
      time.advance(within.dividedBy(chunks));
    }
    return most;
  }

  @Test
  void muchAtOnceWithoutProgressIsAFlood() {
    assertThat(receive(64 * 1024, Duration.ofSeconds(1), true)).isZero();
    assertThat(receive(2 * MIB, Duration.ofSeconds(1), true)).isPositive();
  }

  @Test
  void pingsOfASoundPeerAreNoFloodHoweverLong() {
    for (int i = 0; i < 1_000_000; i++) {
      assertThat(meter.received(17, false)).isZero();
      time.advance(Duration.ofSeconds(1));
    }
  }

  @Test
  void progressBeginsAgain() {
    for (int i = 0; i < 100; i++) {
      assertThat(receive(64 * 1024, Duration.ofMillis(10), true)).isZero();
      meter.progressed();
    }
  }

  @Test
  void bodyThatNobodyReadsIsNoFlood() {
    meter.bodyOpened();
    assertThat(receive(16 * MIB, Duration.ofSeconds(1), true)).isZero();
  }

  @Test
  void restOfABodyThatWasDroppedIsNoFlood() {
    meter.bodyOpened();
    meter.bodyDropped();
    assertThat(receive(16 * MIB, Duration.ofSeconds(1), true)).isZero();
  }

  @Test
  void bodyExplainsNothingOnceNoCallIsLeft() {
    meter.bodyOpened();
    assertThat(receive(16 * MIB, Duration.ofSeconds(1), false)).isPositive();
  }

  @Test
  void windowUpdatesForALargeUploadAreNoFlood() {
    for (int i = 0; i < 1_000_000; i++) {
      meter.sent(16 * 1024);
      assertThat(meter.received(2 * 13, true)).isZero();
    }
  }

  @Test
  void answersToPingsExplainNoPings() {
    int most = 0;
    for (int i = 0; i < 1_000_000; i++) {
      most = Math.max(most, meter.received(17, false));
      meter.sent(17);
    }
    assertThat(most).isPositive();
  }
}
