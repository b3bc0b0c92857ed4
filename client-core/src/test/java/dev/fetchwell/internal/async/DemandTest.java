package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemandTest {

  private static final long MAX = Long.MAX_VALUE;

  @ParameterizedTest(name = "{0} open, {1} more: {2}")
  @CsvSource({
    "0, 1, 1",
    "0, 5, 5",
    "3, 4, 7",
    "0, 9223372036854775807, 9223372036854775807",
    "1, 9223372036854775807, 9223372036854775807",
    "9223372036854775807, 1, 9223372036854775807",
    "9223372036854775807, 9223372036854775807, 9223372036854775807",
    "9223372036854775806, 1, 9223372036854775807",
    "9223372036854775806, 2, 9223372036854775807"
  })
  void demandAddsUpAndNeverOverflows(long open, long more, long expected) {
    Demand demand = new Demand(open);
    assertThat(demand.add(more)).isEqualTo(open);
    assertThat(demand.open()).isEqualTo(expected);
    assertThat(demand.misuse()).isNull();
  }

  @ParameterizedTest(name = "request({0})")
  @CsvSource({"0", "-1", "-9223372036854775808"})
  void misuseIsKeptAndCountsAsOne(long illegal) {
    Demand demand = new Demand(2);
    assertThat(demand.add(illegal)).isEqualTo(2);
    assertThat(demand.open()).isEqualTo(3);
    demand.add(1);
    assertThat(demand.misuse()).hasMessage("request: " + illegal + " (expected: >= 1)");
  }

  @Test
  void whatIsMetIsNoLongerOpen() {
    Demand demand = new Demand(0);
    demand.add(5);
    assertThat(demand.met(2)).isEqualTo(3);
    assertThat(demand.met(3)).isZero();
    assertThat(demand.open()).isZero();
  }

  @Test
  void unboundedDemandStaysLargerThanAnythingThatIsMet() {
    Demand demand = new Demand(MAX);
    assertThat(demand.met(1_000_000)).isEqualTo(MAX - 1_000_000);
    demand.add(MAX);
    assertThat(demand.open()).isEqualTo(MAX);
  }
}
