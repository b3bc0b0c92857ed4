package dev.fetchwell.internal.pipeline.hedge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HedgeStateTest {

  private final HedgeBudget budget = new HedgeBudget();
  private final VirtualTimer timer = new VirtualTimer();
  private final Latencies latencies = new Latencies(timer);

  private int takeAll(double share) {
    int taken = 0;
    while (taken < 1_000 && budget.take(share)) {
      taken++;
    }
    return taken;
  }

  private void called(double share, int times) {
    for (int i = 0; i < times; i++) {
      budget.called(share);
    }
  }

  @Test
  void newClientHasOneHedgeAndThenAShareOfItsCalls() {
    assertThat(takeAll(0.05)).isEqualTo(1);
    called(0.05, 19);
    assertThat(takeAll(0.05)).isZero();
    called(0.05, 1);
    assertThat(takeAll(0.05)).isEqualTo(1);
  }

  @Test
  void whatWasNotUsedIsKeptForAHundredCallsOnly() {
    called(0.05, 100_000);
    assertThat(takeAll(0.05)).isEqualTo(5);

    called(0.5, 100_000);
    called(0.001, 10);
    assertThat(takeAll(0.001)).as("a small share takes nothing away").isEqualTo(50);
  }

  @Test
  void tinyShareStillComesTogether() {
    takeAll(0.001);
    called(0.001, 1_000);
    assertThat(takeAll(0.001)).isEqualTo(1);
  }

  @Test
  void shareOfAllIsNotCounted() {
    assertThat(takeAll(1)).isEqualTo(1_000);
    assertThat(takeAll(0.5)).as("it took nothing from the others").isEqualTo(1);
  }

  @Test
  void tokenThatWasNotNeededGoesBack() {
    assertThat(budget.take(0.05)).isTrue();
    budget.giveBack(0.05);
    assertThat(takeAll(0.05)).isEqualTo(1);
  }

  @Test
  void crawlerOfManyHostsDoesNotCollectThemAndTheBusyOneStays() {
    LatencyEstimate busy = latencies.of("busy", "", 0.95);
    for (int i = 0; i < 20_000; i++) {
      timer.advance(Duration.ofMillis(1));
      assertThat(latencies.of("busy", "", 0.95)).isSameAs(busy);
      var unused = latencies.of("host" + i, "", 0.95);
    }
    assertThat(latencies.count()).isLessThanOrEqualTo(Latencies.MOST + 1);
  }

  @Test
  void eachHostTagAndPercentileIsLearnedApart() {
    LatencyEstimate one = latencies.of("h", "t", 0.95);

    assertThat(latencies.of("h", "t", 0.95)).isSameAs(one);
    assertThat(latencies.of("h", "", 0.95)).isNotSameAs(one);
    assertThat(latencies.of("g", "t", 0.95)).isNotSameAs(one);
    assertThat(latencies.of("h", "t", 0.9)).isNotSameAs(one);
  }
}
