package dev.fetchwell.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.HarRules;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

class HarKilledProcessTest {

  @TempDir private Path folder;

  @RepeatedTest(3)
  void whatWasWrittenIsValidHarAfterSigkill(RepetitionInfo repetition) throws Exception {
    Path file = folder.resolve("calls.har");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                HarVictim.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = process.inputReader()) {
      assertThat(output.readLine()).isEqualTo("some are done");
      long enough = 1_000_000L * repetition.getCurrentRepetition();
      Eventually.holds(() -> file.toFile().length() > enough, "a file of " + enough + " bytes");
      process.destroyForcibly();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }

    boolean torn = HarRecorder.repair(file); // Only if it was killed within a write.
    assertThat(HarRules.entries(file)).as("torn: " + torn).hasSizeGreaterThan(50);
    assertThat(Files.size(file)).isGreaterThan(1_000_000L);
  }
}
