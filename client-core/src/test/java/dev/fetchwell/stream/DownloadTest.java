package dev.fetchwell.stream;

import static dev.fetchwell.testkit.Sneaky.sneaky;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class DownloadTest extends DownloadSetUp {

  @Test
  void fileHasItsNameOnlyWhenItIsWhole() throws Exception {
    Script script =
        exchange -> {
          exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
          Eventually.holds(() -> Files.exists(part), "the part");
          assertThat(target).doesNotExist();
          exchange.raw("def");
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(download(server.url("/")).to(target))
          .succeedsWithin(Awaited.LIMIT)
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
      assertThat(download(server.url("/")).to(relative)).succeedsWithin(Awaited.LIMIT);
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
        assertThat(Awaited.error(download(server.url("/")).to(target)))
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
        assertThat(Awaited.error(download(server.url("/")).to(target)))
            .isInstanceOf(DecodeError.class)
            .hasMessageContaining("status " + status);
        assertThat(target).doesNotExist();
      }
    }
  }

  @Test
  void emptyFileAndUnknownLengthsAreFine() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(200, ""))) {
      assertThat(download(server.url("/")).to(target)).succeedsWithin(Awaited.LIMIT);
      assertThat(target).isEmptyFile();
    }
    for (Script script : List.of(Scripts.chunkedBody(100_000), Scripts.unsizedBody(100_000))) {
      List<Long> totals = new CopyOnWriteArrayList<>();
      try (ScriptedServer server = ScriptedServer.start(script)) {
        Download download =
            download(server.url("/")).onProgress((done, total) -> totals.add(total));
        assertThat(download.to(target)).succeedsWithin(Awaited.LIMIT);
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
                    throw sneaky(bug);
                  });
      assertThat(download.to(target)).succeedsWithin(Awaited.LIMIT);
      assertThat(done).isSorted().startsWith(0L).endsWith(200_000L);
    }
  }

  static Stream<Throwable> throwables() {
    return Stream.of(
        new IllegalStateException("expected in the log of this test"),
        new IOException("checked, from Kotlin say"),
        new NoClassDefFoundError("a linkage error"));
  }

  @Test
  void checksumIsChecked() throws Exception {
    try (FileServer server = new FileServer()) {
      String right = FileServer.sha256(FileServer.CONTENT);
      for (boolean resume : new boolean[] {false, true}) {
        Download download = download(server.url()).resume(resume);
        assertThat(Awaited.error(download.sha256("0".repeat(64)).to(target)))
            .isInstanceOf(DecodeError.class)
            .hasMessageContaining(right);
        assertThat(folder).isEmptyDirectory();

        assertThat(download.sha256(right.toUpperCase(Locale.ROOT)).to(target))
            .succeedsWithin(Awaited.LIMIT);
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
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open("", "x"))) {
      CompletableFuture<Path> download = download(server.url("/")).to(target);
      Eventually.holds(() -> part.toFile().length() == 1, "the first byte in the part");
      download.cancel(false);

      server.awaitNoOpenConnections(Awaited.LIMIT);
      Eventually.holds(() -> !Files.exists(part), "the part gone");
      assertThat(target).doesNotExist();
      assertThat(client.stats().inFlight()).isZero();
      assertThat(Awaited.error(download)).isInstanceOf(CancellationException.class);
    }
  }

  @Test
  void silenceIsATimeout() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open("", "x"))) {
      Download download =
          Download.from(client.get(server.url("/")).idleTimeout(Duration.ofMillis(100)));
      assertThat(Awaited.error(download.to(target))).isInstanceOf(FetchTimeoutError.class);
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void compressionIsNotAskedFor() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(200, "x"))) {
      assertThat(download(server.url("/")).to(target)).succeedsWithin(Awaited.LIMIT);
      assertThat(server.requests().get(0).header("Accept-Encoding")).isEqualTo("identity");
    }
  }

  private Download download(String url) {
    return Download.from(client.get(url).noRetry());
  }
}
