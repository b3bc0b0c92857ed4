package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CpuStageTest {

  @Test
  void demoFetchesManyAndHashesFewAtOnce() {
    Printed printed = Printed.of("CpuStage");
    assertThat(printed.exitCode()).as(printed.out()).isZero();
    assertThat(printed.out())
        .containsPattern("[0-9]+ of 200 done; now fetching +[0-9]+, hashing [0-9]+")
        .contains("ok  200 documents, each with its right hash")
        .containsPattern("ok  the server saw at most [0-9]+ requests at once")
        .containsPattern("ok  at most [0-9]+ were hashed at once")
        .containsPattern("ok  while one was hashed, up to [0-9]+ were on their way")
        .contains("All 4 claims are true.");
  }

  @Test
  void documentsOfTheUsersOwnAreHashed() {
    try (DemoServer server = DemoServer.start()) {
      String url = server.url("/files/big.bin.sha256");
      Printed printed = Printed.of("CpuStage", "--url", url, "--rounds", "1");
      assertThat(printed.exitCode()).as(printed.err()).isZero();
      assertThat(printed.out()).containsPattern("[0-9a-f]{64}  " + url);
    }
  }
}
