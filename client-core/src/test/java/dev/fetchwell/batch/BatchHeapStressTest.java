package dev.fetchwell.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A million items in a heap of 128 MiB, in a JVM of their own. */
@Tag("stress")
@Timeout(240)
class BatchHeapStressTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"forEach", "publisher"})
  void aMillionItemsNeedMemoryForThoseThatRunOnly(String terminal) throws Exception {
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                MillionItems.class.getName(),
                terminal)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(200, TimeUnit.SECONDS)).as(() -> text(output)).isTrue();
      assertThat(process.exitValue()).as(() -> text(output)).isZero();
      assertThat(text(output)).contains("OK " + terminal);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String text(Path output) {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
