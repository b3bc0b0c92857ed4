package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GatewayTest {

  @Test
  void demoGathersFiveServicesInTheTimeOfOne() {
    Printed printed = Printed.of("Gateway");
    assertThat(printed.exitCode()).as(printed.out()).isZero();
    assertThat(printed.out())
        .containsPattern("ok  five services of 200 ms: [0-9]+ ms together, [0-9]+ ms in turn")
        .contains("ok  the optional one fails")
        .contains("ok  a needed service fails")
        .contains("ok  a slow call beside it is cancelled")
        .contains("All 4 claims are true.");
  }

  @Test
  void servicesOfTheUsersOwnAreGathered() {
    try (DemoServer server = DemoServer.start()) {
      Printed printed =
          Printed.of(
              "Gateway",
              "--url",
              server.url("/users/7"),
              "--url",
              server.url("/orders/19"),
              "--optional",
              server.url("/missing"));
      assertThat(printed.exitCode()).as(printed.err()).isZero();
      assertThat(printed.out())
          .contains("in a task group: 3 parts")
          .contains("/users/7: {\"id\":7", "/missing: {}");
    }
  }
}
