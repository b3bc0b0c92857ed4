package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DownloadRangeTest extends ResumedDownloadSetUp {

  @Test
  void anotherVersionIsFetchedFromItsStart() throws Exception {
    for (boolean honoursIfRange : new boolean[] {true, false}) {
      server.content = FileServer.CONTENT;
      server.validators = "ETag: \"v1\"\r\n";
      leaveHalf();
      server.content = FileServer.content(200_000, 2);
      server.validators = "ETag: \"v2\"\r\n";
      server.honoursIfRange = honoursIfRange;
      assertThat(download().to(target)).succeedsWithin(Awaited.LIMIT);
      assertWhole(server.content);
    }
  }

  @Test
  void serverThatIgnoresRangesSendsItAll() throws Exception {
    leaveHalf();
    server.honoursRange = false;
    assertThat(download().to(target)).succeedsWithin(Awaited.LIMIT);
    assertWhole(FileServer.CONTENT);
    assertThat(server.requests()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes 0-299999/300000",
        "bytes 150001-299999/300000",
        "bytes */300000",
        "lines 1-2/3"
      })
  void partThatDoesNotFitIsFetchedFromTheStart(String contentRange) throws Exception {
    leaveHalf();
    server.contentRange = contentRange;
    assertThat(download().to(target)).succeedsWithin(Awaited.LIMIT);
    assertWhole(FileServer.CONTENT);
    assertThat(server.ranges()).containsExactly("null null", "bytes=150000- \"v1\"", "null null");
  }

  @Test
  void partOfUnknownTotalIsTaken() throws Exception {
    leaveHalf();
    server.contentRange = "bytes 150000-299999/*";
    assertThat(download().to(target)).succeedsWithin(Awaited.LIMIT);
    assertWhole(FileServer.CONTENT);
  }

  @Test
  void partThatWasNotAskedForIsAnError() throws Exception {
    try (ScriptedServer rude =
        ScriptedServer.start(Scripts.respond(206, Map.of("Content-Range", "bytes 0-2/9"), "abc"))) {
      CompletableFuture<Path> download =
          Download.from(client.get(rude.url("/"))).resume(true).to(target);
      assertThat(Awaited.error(download)).isInstanceOf(DecodeError.class);
      assertThat(rude.requests()).hasSize(1);
      assertThat(target).doesNotExist();
    }
  }

  @Test
  void refusedRangeMeansThatAllIsHere() throws Exception {
    leaveHalf();
    Files.write(part, FileServer.CONTENT);
    String sha256 = FileServer.sha256(FileServer.CONTENT);
    assertThat(download().sha256(sha256).to(target)).succeedsWithin(Awaited.LIMIT);
    assertWhole(FileServer.CONTENT);
    assertThat(server.ranges()).containsExactly("null null", "bytes=300000- \"v1\"");
  }

  @Test
  void refusedRangeOfAnotherFileMeansFromTheStart() throws Exception {
    leaveHalf();
    server.honoursIfRange = false;
    server.content = FileServer.content(1000, 3);
    assertThat(download().to(target)).succeedsWithin(Awaited.LIMIT);
    assertWhole(server.content);
    assertThat(server.requests()).isEqualTo(3);
  }

  @Test
  void refusedRequestWithoutARangeIsAnError() throws Exception {
    try (ScriptedServer rude = ScriptedServer.start(Scripts.respond(416, ""))) {
      assertThat(Awaited.error(Download.from(client.get(rude.url("/"))).resume(true).to(target)))
          .isInstanceOf(HttpStatusError.class);
      assertThat(rude.requests()).hasSize(1);
    }
  }
}
