package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HarOptionTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"Gateway", "Resilience"})
  void exampleWritesItsCallsAndAPageOfThem(String example) {
    Path har = folder.resolve("calls.har");
    Printed printed = Printed.of(example, "--har", har.toString());

    assertThat(printed.exitCode()).as(printed.out() + printed.err()).isZero();
    assertThat(printed.out().strip().lines().reduce("", (a, last) -> last))
        .startsWith("calls: " + har)
        .endsWith("as a page: " + folder.resolve("calls.html"));
    assertThat(har).content().contains("\"version\":\"1.2\"").endsWith("\n]}}\n");
    assertThat(folder.resolve("calls.html")).exists();
  }

  @Test
  void nothingIsRecordedAfterwards() {
    Path har = folder.resolve("calls.har");
    Printed.of("Gateway", "--har", har.toString());
    long size = har.toFile().length();
    Printed.of("Gateway");

    assertThat(har.toFile().length()).isEqualTo(size);
  }

  @Test
  void fileThatCannotBeWrittenDoesNotChangeHowTheExampleEnds() {
    Path har = folder.resolve("no/such/calls.har");
    Printed printed = Printed.of("Gateway", "--har", har.toString());

    assertThat(printed.exitCode()).isZero();
    assertThat(printed.out()).contains("All 4 claims are true.").contains("no page of the calls");
  }
}
