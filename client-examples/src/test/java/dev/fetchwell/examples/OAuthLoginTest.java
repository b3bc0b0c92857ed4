package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OAuthLoginTest {

  @Test
  void demoLogsInOnceForAllAndRenewsInTime() {
    Printed printed = Printed.of("OAuthLogin");

    assertThat(printed.exitCode()).as(printed.out()).isZero();
    assertThat(printed.out())
        .contains("ok  100 calls at once shared one login")
        .containsPattern("ok  the token was revoked: [0-9]+ POSTs were refused and sent again")
        .contains("ok  each POST was processed once")
        .containsPattern("ok  four seconds of calls used [0-9]+ tokens of two seconds")
        .contains("ok  TokenError ")
        .contains("ok  and nothing else was sent")
        .contains("All 6 claims are true.");
  }

  @Test
  void failedLoginIsOneLineAndAnExitCode() {
    try (DemoServer server = DemoServer.start()) {
      Printed printed =
          Printed.of(
              "OAuthLogin",
              "--url",
              server.url("/private"),
              "--token-url",
              server.url("/token"),
              "--id",
              "nobody");

      assertThat(printed.exitCode()).isEqualTo(1);
      assertThat(printed.err().strip()).startsWith("TokenError: ").hasLineCount(1);
    }
  }
}
