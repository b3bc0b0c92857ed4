package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LiveEventsTest {

  @Test
  void demoLosesNoEventAndDoublesNone() {
    Printed printed = Printed.of("LiveEvents");
    assertThat(printed.exitCode()).as(printed.out()).isZero();
    assertThat(printed.out())
        .contains("ok  the feed ended after 200 events")
        .contains("ok  each came once and in order, from 1 to 200")
        .containsPattern("cut again and again: [0-9]+ requests")
        .contains("All 5 claims are true.");
  }

  @Test
  void feedOfTheUsersOwnIsShownUntilThereWereEnough() {
    try (DemoServer server = DemoServer.start()) {
      Printed printed =
          Printed.of(
              "LiveEvents",
              "--url",
              server.url("/feed?cut=5"),
              "--events",
              "12",
              "--last-event-id",
              "100");
      assertThat(printed.exitCode()).as(printed.err()).isZero();
      assertThat(printed.out())
          .startsWith("tick: {\"number\": 101}")
          .contains("tick: {\"number\": 112}", "12 events")
          .doesNotContain("113");
    }
  }
}
