package dev.fetchwell.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HarSnippetsTest {

  @TempDir private Path folder;

  @Test
  void callIsInTheFileAndOnThePage() throws Exception {
    Path har = folder.resolve("calls.har");
    Path page = folder.resolve("calls.html");
    try (DemoServer server = DemoServer.start()) {
      HarSnippets.record(server.url("/users/7"), har, page);
    }

    assertThat(har).content().contains("/users/7", "\"_outcome\":\"ok\"");
    assertThat(page).content().contains("/users/7", "<!doctype html>");
  }
}
