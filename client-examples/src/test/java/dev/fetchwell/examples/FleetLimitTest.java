package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class FleetLimitTest {

  @Test
  void demoKeepsTheSumOfTwoProcessesUnderTheLimit() {
    Printed printed = Printed.of("FleetLimit", "--seconds=3");
    assertThat(printed.exitCode()).as(printed.out() + printed.err()).isZero();
    assertThat(printed.out())
        .containsPattern("A [|] [0-9]+ requests, [0-9.]+ per second, 0 failed")
        .containsPattern("ok  together they sent [0-9]+ requests in [0-9.]+ s, and [0-9]+ are")
        .containsPattern("ok  each got its share: A [0-9]+, B [0-9]+")
        .contains("All 5 claims are true.");
  }

  @Test
  void addressOfTheUsersOwnIsAskedAtTheGivenRate() {
    try (DemoServer server = DemoServer.start()) {
      Printed printed =
          Printed.of(
              "FleetLimit",
              "--url=" + server.url("/status/204"),
              "--rate=20",
              "--burst=2",
              "--seconds=1",
              "--schema=fetchwell_test_" + System.currentTimeMillis());
      assertThat(printed.exitCode()).as(printed.out() + printed.err()).isZero();
      assertThat(printed.out()).containsPattern("[0-9]+ requests, [0-9.]+ per second, 0 failed");
      assertThat(server.requests()).isBetween(2, 50);
    }
  }
}
