package dev.fetchwell.examples.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.demo.DemoServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ClusterTest {

  @TempDir Path folder;

  @Test
  void helpTellsTheOptions() {
    Printed printed = run("--help");
    assertThat(printed.exitCode()).isZero();
    assertThat(printed.out()).contains("Usage: Cluster").contains("--job-manager", "--per-host");
  }

  @Test
  void demoKeepsWhatItClaims() {
    Printed printed = run("--demo-size", "600", "--out", folder.resolve("rows.jsonl").toString());
    assertThat(printed.exitCode()).as(printed.toString()).isZero();
    assertThat(printed.out())
        .contains("ok  600 URLs, 600 rows: each URL exactly once")
        .contains("ok  12 hosts, each asked by one subtask only")
        .contains("ok  4 subtasks shared one client")
        .contains("All 7 claims are true.");
  }

  @Test
  void goodAndBadUrlsOfAFileAreARowEach() throws IOException {
    try (DemoServer server = DemoServer.start()) {
      Path urls = folder.resolve("urls.txt");
      Path rows = folder.resolve("new").resolve("rows.jsonl");
      Files.writeString(urls, server.url("/users/7") + "\n\nhtp://nowhere\n");
      String gone = server.url("/status/410");
      Printed printed = run("--urls", urls.toString(), "--url", gone, "--out", rows.toString());
      assertThat(printed.exitCode()).as(printed.toString()).isZero();
      assertThat(printed.out()).contains(rows + ": 3 rows, of them 2 failed");
      assertThat(Files.readAllLines(rows))
          .hasSize(3)
          .anyMatch(row -> row.contains("/users/7\",\"status\":200,\"attempts\":1,"))
          .anyMatch(row -> row.contains("/status/410\",\"status\":410,\"attempts\":1,"))
          .anyMatch(row -> row.contains("InvalidRequestError"));
    }
  }

  @Test
  void jobManagerWithoutPortIsOneLine() {
    Printed printed = run("--url", "http://127.0.0.1:1/", "--job-manager", "somewhere");
    assertThat(printed.exitCode()).isEqualTo(1);
    assertThat(printed.err().strip())
        .contains("--job-manager: somewhere (expected: host:port)")
        .hasLineCount(1);
  }

  private static Printed run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode = Launcher.run(new Cluster(stream(out)), stream(out), stream(err), args);
    return new Printed(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private record Printed(int exitCode, String out, String err) {}
}
