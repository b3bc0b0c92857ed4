package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class DownloadTest {

  private final AsyncHttpClient client = AsyncHttpClient.create();
  @TempDir private Path folder = Path.of("");
  private Path target = Path.of("");
  private Path part = Path.of("");

  @BeforeEach
  void name() {
    target = folder.resolve("file.bin");
    part = folder.resolve("file.bin.part");
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void fileHasItsNameOnlyWhenItIsWhole() throws Exception {
    Script script =
        exchange -> {
          exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
          Probe.await(() -> Files.exists(part));
          assertThat(target).doesNotExist();
          exchange.raw("def");
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(download(server.url("/")).to(target))
          .succeedsWithin(Probe.LIMIT)
          .isEqualTo(target);
      assertThat(target).hasContent("abcdef");
      assertThat(folder)
          .isDirectoryContaining("glob:**file.bin")
          .isDirectoryNotContaining("glob:**part*");
      assertThat(client.stats().inFlight()).isZero();
    }
  }

  @Test
  void existingTargetIsReplacedAndARelativeOneIsBelowTheWorkingDirectory() throws Exception {
    Files.writeString(target, "old and longer than the new one");
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(200, "new"))) {
      Path relative = Path.of("").toAbsolutePath().relativize(target.toAbsolutePath());
      assertThat(download(server.url("/")).to(relative)).succeedsWithin(Probe.LIMIT);
      assertThat(target).hasContent("new");
    }
  }

  @Test
  void existingTargetStaysWhenTheDownloadFails() throws Exception {
    Files.writeString(target, "old");
    List<Script> failing =
        List.of(
            Scripts.respond(404, ""),
            Faults.truncatedBody(),
            Faults.resetInBody(),
            Faults.truncatedChunks());
    for (Script script : failing) {
      try (ScriptedServer server = ScriptedServer.start(script)) {
        assertThat(Probe.errorOf(download(server.url("/")).to(target)))
            .isInstanceOfAny(HttpStatusError.class, ConnectionError.class);
        assertThat(target).hasContent("old");
        assertThat(folder).isDirectoryNotContaining("glob:**part*");
        assertThat(server.requests()).hasSize(1);
      }
    }
  }

  @Test
  void answersThatAreNoFileAreErrors() throws Exception {
    for (int status : new int[] {204, 304}) {
      try (ScriptedServer server = ScriptedServer.start(Scripts.respond(status, ""))) {
        assertThat(Probe.errorOf(download(server.url("/")).to(target)))
            .isInstanceOf(DecodeError.class)
            .hasMessageContaining("status " + status);
        assertThat(target).doesNotExist();
      }
    }
  }

  @Test
  void emptyFileAndUnknownLengthsAreFine() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(200, ""))) {
      assertThat(download(server.url("/")).to(target)).succeedsWithin(Probe.LIMIT);
      assertThat(target).isEmptyFile();
    }
    for (Script script : List.of(Scripts.chunkedBody(100_000), Scripts.unsizedBody(100_000))) {
      List<Long> totals = new CopyOnWriteArrayList<>();
      try (ScriptedServer server = ScriptedServer.start(script)) {
        Download download =
            download(server.url("/")).onProgress((done, total) -> totals.add(total));
        assertThat(download.to(target)).succeedsWithin(Probe.LIMIT);
        assertThat(target).hasSize(100_000);
        assertThat(totals).containsOnly(-1L);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void progressGrowsToTheTotalAndMayThrow(Throwable bug) throws Exception {
    List<Long> done = new CopyOnWriteArrayList<>();
    try (ScriptedServer server = ScriptedServer.start(Scripts.body(200_000))) {
      Download download =
          download(server.url("/"))
              .onProgress(
                  (bytes, total) -> {
                    assertThat(total).isEqualTo(200_000);
                    done.add(bytes);
                    throw DownloadTest.<RuntimeException>sneaky(bug);
                  });
      assertThat(download.to(target)).succeedsWithin(Probe.LIMIT);
      assertThat(done).isSorted().startsWith(0L).endsWith(200_000L);
    }
  }

  static Stream<Throwable> throwables() {
    return Stream.of(
        new IllegalStateException("expected in the log of this test"),
        new IOException("checked, from Kotlin say"),
        new NoClassDefFoundError("a linkage error"));
  }

  /** Throws a checked exception where the compiler allows none, as other languages do. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> RuntimeException sneaky(Throwable thrown) throws E {
    throw (E) thrown;
  }

  @Test
  void checksumIsChecked() throws Exception {
    try (FileServer server = new FileServer()) {
      String right = FileServer.sha256(FileServer.CONTENT);
      for (boolean resume : new boolean[] {false, true}) {
        Download download = download(server.url()).resume(resume);
        assertThat(Probe.errorOf(download.sha256("0".repeat(64)).to(target)))
            .isInstanceOf(DecodeError.class)
            .hasMessageContaining(right);
        assertThat(folder).isEmptyDirectory();

        assertThat(download.sha256(right.toUpperCase(Locale.ROOT)).to(target))
            .succeedsWithin(Probe.LIMIT);
        assertThat(target).hasBinaryContent(FileServer.CONTENT);
        Files.delete(target);
      }
    }
    for (String illegal : List.of("", "12", "g".repeat(64), "0".repeat(65))) {
      assertThatThrownBy(() -> download("http://a/").sha256(illegal))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void cancelClosesTheConnectionAndRemovesThePart() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Wire.open("", "x"))) {
      CompletableFuture<Path> download = download(server.url("/")).to(target);
      Probe.await(() -> part.toFile().length() == 1);
      download.cancel(false);

      server.awaitNoOpenConnections(Probe.LIMIT);
      Probe.await(() -> !Files.exists(part));
      assertThat(target).doesNotExist();
      assertThat(client.stats().inFlight()).isZero();
      assertThat(Probe.errorOf(download)).isInstanceOf(CancellationException.class);
    }
  }

  @Test
  void silenceIsATimeout() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Wire.open("", "x"))) {
      Download download =
          Download.from(client.get(server.url("/")).idleTimeout(Duration.ofMillis(100)));
      assertThat(Probe.errorOf(download.to(target))).isInstanceOf(FetchTimeoutError.class);
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void compressionIsNotAskedFor() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(200, "x"))) {
      assertThat(download(server.url("/")).to(target)).succeedsWithin(Probe.LIMIT);
      assertThat(server.requests().get(0).header("Accept-Encoding")).isEqualTo("identity");
    }
  }

  private Download download(String url) {
    return Download.from(client.get(url).noRetry());
  }
}
