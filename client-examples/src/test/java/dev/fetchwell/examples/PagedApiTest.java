package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PagedApiTest {

  @Test
  void demoStreamsAllItemsWithFlatMemory() {
    Printed printed = Printed.of("PagedApi");
    assertThat(printed.exitCode()).as(printed.out()).isZero();
    assertThat(printed.out())
        .containsPattern("heap before: [0-9]+ MiB")
        .containsPattern("heap after: +[0-9]+ MiB")
        .contains("ok  all 40000 items came")
        .contains("ok  in 80 requests, never more than one page ahead")
        .containsPattern("ok  [0-9]+ MiB of JSON went through, and the heap grew by -?[0-9]+ MiB")
        .contains("All 3 claims are true.");
  }

  @Test
  void pagesThatLinkInAHeaderAreFollowed() {
    try (DemoServer server = DemoServer.start()) {
      String url = server.url("/users?size=100");
      Printed printed = Printed.of("PagedApi", "--url", url, "--link-header", "--items", "");
      assertThat(printed.exitCode()).as(printed.err()).isZero();
      assertThat(printed.out()).contains("1000 items");
    }
  }

  @Test
  void pointerToNothingIsExplained() {
    try (DemoServer server = DemoServer.start()) {
      Printed printed = Printed.of("PagedApi", "--url", server.url("/users/7"));
      assertThat(printed.exitCode()).isEqualTo(1);
      assertThat(printed.out()).contains("nothing at /items").contains("--items");
    }
  }
}
