package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of downloads share: a client, and the file that they are to make in a folder. */
abstract class DownloadSetUp {

  final AsyncHttpClient client = AsyncHttpClient.create();
  @TempDir Path folder = Path.of("");
  Path target = Path.of("");
  Path part = Path.of("");

  @BeforeEach
  void name() {
    target = folder.resolve("file.bin");
    part = folder.resolve("file.bin.part");
  }

  @AfterEach
  void close() {
    client.close();
  }

  /** The file is whole, and nothing is left beside it. */
  final void assertWhole(byte[] content) throws IOException {
    assertThat(target).hasBinaryContent(content);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(target);
    }
  }
}
