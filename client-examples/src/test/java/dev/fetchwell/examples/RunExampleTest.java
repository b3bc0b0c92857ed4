package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class RunExampleTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Scraper",
        "Gateway",
        "PagedApi",
        "CpuStage",
        "LiveEvents",
        "LiveFeed",
        "Downloader",
        "OAuthLogin",
        "WorkQueue",
        "BulkImport",
        "DurableQueue",
        "FleetLimit",
        "Scheduler"
      })
  void helpTellsTheOptions(String example) {
    Printed printed = Printed.of(example, "--help");
    assertThat(printed.exitCode()).as(printed.err()).isZero();
    assertThat(printed.out()).contains("Usage: " + example).contains("--url", "demo");
  }

  @Test
  void wrongNameListsTheExamples() {
    Printed printed = Printed.of("Scrapper");
    assertThat(printed.exitCode()).isEqualTo(2);
    assertThat(printed.err())
        .contains("'Scrapper'")
        .contains(
            "Scraper ",
            "Gateway ",
            "PagedApi ",
            "CpuStage ",
            "LiveEvents ",
            "LiveFeed ",
            "Downloader ",
            "OAuthLogin ",
            "WorkQueue ",
            "BulkImport ",
            "DurableQueue ",
            "FleetLimit ",
            "Scheduler ",
            "all ");
  }

  @Test
  void missingNameListsTheExamples() {
    Printed printed = Printed.of();
    assertThat(printed.exitCode()).isEqualTo(2);
    assertThat(printed.err()).contains("Name an example").contains("Scraper ");
  }

  @Test
  void wrongOptionIsNamed() {
    Printed printed = Printed.of("Gateway", "--ulr", "http://127.0.0.1:1/");
    assertThat(printed.exitCode()).isEqualTo(2);
    assertThat(printed.err()).contains("--ulr").contains("Usage: Gateway");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Gateway", "PagedApi", "CpuStage", "LiveEvents", "LiveFeed", "Downloader"})
  void callThatFailsIsOneLineAndAnExitCode(String example) {
    Printed printed = Printed.of(example, "--url", "htp://127.0.0.1/");
    assertThat(printed.exitCode()).isEqualTo(1);
    assertThat(printed.err().strip()).startsWith("InvalidRequestError: ").hasLineCount(1);
  }
}
