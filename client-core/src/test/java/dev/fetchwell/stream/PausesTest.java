package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What feeds and downloads wait between their requests, without waiting for it. */
@Timeout(60)
class PausesTest {

  private static final String TYPE = "Content-Type: text/event-stream\r\n";
  private static final Script END = Scripts.respond(204, "");

  private final AsyncHttpClient client = AsyncHttpClient.create();
  private final VirtualTime time = new VirtualTime();
  @TempDir private Path folder = Path.of("");

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void feedWaitsTwiceAsLongAfterEachFailure() throws Exception {
    Script[] scripts = new Script[9];
    Arrays.fill(scripts, Faults.reset());
    scripts[7] = PiecewiseAnswers.broken(TYPE, "data: a\n\n");
    scripts[8] = END;
    try (ScriptedServer server = ScriptedServer.start(Script.inOrder(scripts))) {
      CompletableFuture<Long> feed = listen(server);
      assertThat(pauses(8)).containsExactly(seconds(1, 2, 4, 8, 15, 15, 15, 1));
      assertThat(feed).succeedsWithin(Awaited.LIMIT).isEqualTo(1L);
      assertThat(server.requests()).hasSize(9);
    }
    assertThat(time.pending()).isZero();
  }

  @Test
  void feedWaitsAsTheServerAsks() throws Exception {
    Script script =
        Script.inOrder(
            PiecewiseAnswers.chunked(TYPE, "retry: 20000\n"),
            Scripts.respond(503, Map.of("Retry-After", "50"), ""),
            END);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      CompletableFuture<Long> feed = listen(server);
      assertThat(pauses(2)).containsExactly(seconds(20, 50));
      assertThat(feed).succeedsWithin(Awaited.LIMIT).isEqualTo(0L);
    }
  }

  @Test
  void feedThatIsCancelledWhileItWaitsLeavesNoTimer() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Faults.reset())) {
      CompletableFuture<Long> feed = listen(server);
      Eventually.holds(() -> time.pending() > 0, "somebody to wait for time to pass");
      feed.cancel(false);
      timerIsGone();
      assertThat(Awaited.error(feed)).isInstanceOf(CancellationException.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void downloadWaitsLongerWhileItComesNoFurther() throws Exception {
    try (FileServer server = new FileServer()) {
      server.breakAfter = 0;
      CompletableFuture<Path> download = start(download(server));
      assertThat(pauses(5)).containsExactly(millis(100, 200, 400, 800, 1_600));
      assertThat(Awaited.error(download)).hasCauseInstanceOf(ConnectionError.class);
      assertThat(server.requests()).isEqualTo(6);
    }
  }

  @Test
  void downloadThatComesFurtherWaitsTheLeast() throws Exception {
    try (FileServer server = new FileServer()) {
      server.breakAfter = 60_000;
      CompletableFuture<Path> download = start(download(server));
      assertThat(pauses(4)).containsExactly(millis(50, 50, 50, 50));
      assertThat(download).succeedsWithin(Awaited.LIMIT);
      assertThat(folder.resolve("file.bin")).hasBinaryContent(FileServer.CONTENT);
    }
  }

  @Test
  void downloadThatIsCancelledWhileItWaitsLeavesNoTimer() throws Exception {
    try (FileServer server = new FileServer()) {
      server.breakAfter = 100_000;
      DownloadRun run = download(server);
      CompletableFuture<Path> download = start(run);
      Eventually.holds(() -> time.pending() > 0, "somebody to wait for time to pass");
      run.cancel();
      timerIsGone();
      assertThat(Awaited.error(download)).hasCauseInstanceOf(CancellationException.class);
      assertThat(folder.resolve("file.bin.part")).hasSize(100_000);
    }
  }

  private CompletableFuture<Long> listen(ScriptedServer server) {
    RequestSpec spec = client.get(server.url("/feed")).noRetry();
    EventStream settings = EventStream.from(spec);
    return new PullSource<>(
            time.platform(), () -> new EventPull(spec.copy(), settings, time.platform()))
        .forEach(event -> {});
  }

  private DownloadRun download(FileServer server) {
    RequestSpec spec = client.get(server.url()).noRetry();
    Download settings = Download.from(spec).resume(true);
    return new DownloadRun(spec, settings, folder.resolve("file.bin"), time.platform());
  }

  private CompletableFuture<Path> start(DownloadRun run) {
    return CompletableFuture.supplyAsync(run::run, time.platform().threads());
  }

  /** Where the thread that waits is still about to note it, that is who takes it out again. */
  private void timerIsGone() {
    Eventually.holds(() -> time.pending() == 0, "no timer that is left");
  }

  private List<Duration> pauses(int count) throws InterruptedException {
    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pauses.add(time.awaitPause());
    }
    return pauses;
  }

  private static Duration[] seconds(int... lengths) {
    return Arrays.stream(lengths).mapToObj(Duration::ofSeconds).toArray(Duration[]::new);
  }

  private static Duration[] millis(int... lengths) {
    return Arrays.stream(lengths).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
  }
}
