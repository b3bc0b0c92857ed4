package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DownloaderTest {

  @TempDir Path folder;

  @Test
  void demoResumesAfterABreakAndAfterAnInterruption() {
    Path file = folder.resolve("new").resolve("big.bin");
    Printed printed = Printed.of("Downloader", "--out", file.toString());
    assertThat(printed.exitCode()).as(printed.out()).isZero();
    assertThat(printed.out())
        .contains("download: 32 of 32 MiB".replace("download", "download again"))
        .contains("ok  the server broke off, the download went on by itself")
        .contains("ok  interrupted: what came is kept, under another name")
        .containsPattern("ok  started again, it went on at 2[4-9] MiB")
        .contains("ok  the file is whole and its SHA-256 is right: 33554432 bytes")
        .contains("All 4 claims are true.");
    assertThat(file).hasSize(33_554_432);
    assertThat(folder.resolve("new")).isDirectoryNotContaining("glob:**.part*");
  }

  @Test
  void wrongChecksumLeavesNoFile() {
    try (DemoServer server = DemoServer.start()) {
      Path file = folder.resolve("users.json");
      Printed printed =
          Printed.of(
              "Downloader",
              "--url",
              server.url("/users/7"),
              "--out",
              file.toString(),
              "--sha256",
              "0".repeat(64));
      assertThat(printed.exitCode()).isEqualTo(1);
      assertThat(printed.err()).contains("SHA-256 is ");
      assertThat(Files.exists(file)).isFalse();
    }
  }
}
