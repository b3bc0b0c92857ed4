package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DownloadResumeTest extends ResumedDownloadSetUp {

  @Test
  void brokenDownloadGoesOnWhereItStopped() throws Exception {
    List<Long> progress = new CopyOnWriteArrayList<>();
    server.breakAfter = 100_000;
    Download download = download().onProgress((done, total) -> progress.add(done));
    assertThat(download.to(target)).succeedsWithin(Awaited.LIMIT);

    assertWhole(FileServer.CONTENT);
    assertThat(server.ranges())
        .containsExactly("null null", "bytes=100000- \"v1\"", "bytes=200000- \"v1\"");
    assertThat(progress).isSorted().endsWith(300_000L);
  }

  @Test
  void laterCallGoesOnWhereAnEarlierOneWasCancelled() throws Exception {
    leaveHalf();
    assertThat(part).hasBinaryContent(Arrays.copyOf(FileServer.CONTENT, HALF));
    assertThat(target).doesNotExist();

    assertThat(download().to(target)).succeedsWithin(Awaited.LIMIT);
    assertWhole(FileServer.CONTENT);
    assertThat(server.ranges()).containsExactly("null null", "bytes=150000- \"v1\"");
  }

  @Test
  void cancelledDownloadCanBeBegunAgainAtOnce() throws Exception {
    try (ScriptedServer silent =
        ScriptedServer.start(
            exchange -> {
              exchange.raw("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 300000\r\n\r\n");
              exchange.raw(Arrays.copyOf(FileServer.CONTENT, HALF));
              exchange.stall();
            })) {
      for (int i = 0; i < 5; i++) {
        CompletableFuture<Path> download =
            Download.from(client.get(silent.url("/"))).resume(true).to(target);
        silent.awaitRequests(i + 1);
        Eventually.holds(() -> part.toFile().length() >= HALF, "half of the file");
        download.cancel(false);
      }
    }
    assertThat(download().to(target)).succeedsWithin(Awaited.LIMIT);
    assertWhole(FileServer.CONTENT);
  }

  @Test
  void withoutResumeItBeginsAnew() throws Exception {
    leaveHalf();
    assertThat(download().resume(false).to(target)).succeedsWithin(Awaited.LIMIT);
    assertWhole(FileServer.CONTENT);
    assertThat(server.ranges()).containsOnly("null null");
  }

  static Stream<Arguments> validators() {
    String date = "Date: Mon, 01 Jan 2024 00:01:00 GMT\r\n";
    String modified = "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n";
    String minute = "Mon, 01 Jan 2024 00:00:00 GMT";
    return Stream.of(
        arguments("ETag: \"v1\"\r\n", "\"v1\""),
        arguments("ETag: \"v1\"\r\n" + date + modified, "\"v1\""),
        arguments("ETag: W/\"v1\"\r\n", null),
        arguments("ETag: v1\r\n", null),
        arguments("", null),
        arguments(modified, null),
        arguments(date + modified, minute),
        arguments("ETag: W/\"v1\"\r\n" + date + modified, minute),
        arguments(date + "Last-Modified: Mon, 01 Jan 2024 00:00:01 GMT\r\n", null),
        arguments(date + "Last-Modified: yesterday\r\n", null));
  }

  @ParameterizedTest
  @MethodSource("validators")
  void onlyAStrongValidatorIsAskedBy(String headers, @Nullable String ifRange) throws Exception {
    server.validators = headers;
    leaveHalf();
    assertThat(download().to(target)).succeedsWithin(Awaited.LIMIT);

    assertWhole(FileServer.CONTENT);
    assertThat(server.ranges().get(1))
        .isEqualTo(ifRange == null ? "null null" : "bytes=150000- " + ifRange);
  }

  @Test
  void withoutAValidatorABrokenDownloadBeginsAnewSoManyTimes() throws Exception {
    server.validators = "";
    server.breakAfter = HALF;
    assertThat(Awaited.error(download().maxResumes(2).to(target)))
        .isInstanceOf(ConnectionError.class);
    assertThat(server.ranges()).containsOnly("null null").hasSize(4);
    assertThat(target).doesNotExist();
  }

  @Test
  void resumesWithoutProgressAreLimitedAndThePartIsKept() throws Exception {
    server.breakAfter = HALF;
    try (ScriptedServer broken =
        ScriptedServer.start(Script.inOrder(half(), Faults.resetInBody().then(e -> {})))) {
      FetchError error =
          (FetchError)
              Awaited.error(
                  Download.from(client.get(broken.url("/")).noRetry())
                      .resume(true)
                      .maxResumes(0)
                      .to(target));
      assertThat(error).isInstanceOf(ConnectionError.class);
    }
    assertThat(target).doesNotExist();
    assertThat(part).exists();
  }

  private static Script half() {
    return exchange -> {
      exchange.raw("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 300000\r\n\r\n");
      exchange.reset();
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\u0000\n", "\"v1\"\nX: y"})
  void unreadableValidatorIsNone(String text) throws Exception {
    leaveHalf();
    Files.writeString(folder.resolve("file.bin.part.etag"), text);
    assertThat(download().to(target)).succeedsWithin(Awaited.LIMIT);
    assertWhole(FileServer.CONTENT);
    assertThat(server.ranges()).containsOnly("null null");
  }
}
