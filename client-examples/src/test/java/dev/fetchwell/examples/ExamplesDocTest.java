package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExamplesDocTest {

  @Test
  void pageHasTheCommandOfEachExample() throws Exception {
    List<String> names =
        Printed.of().err().lines().filter(line -> line.startsWith("  ")).map(this::name).toList();
    assertThat(names).contains("Scraper", "all");
    List<String> rows =
        Files.readAllLines(Path.of("..", "docs", "examples.md")).stream()
            .filter(line -> line.startsWith("| `mvn -q -B -Pexample package -Dexample="))
            .map(line -> line.substring(line.indexOf("-Dexample=") + 10, line.indexOf("` |")))
            .toList();
    assertThat(rows).isEqualTo(names);
  }

  private String name(String line) {
    return line.strip().split(" ", 2)[0];
  }
}
