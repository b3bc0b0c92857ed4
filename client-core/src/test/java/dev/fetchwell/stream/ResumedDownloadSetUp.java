package dev.fetchwell.stream;

import dev.fetchwell.testkit.Eventually;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;

/** What tests of downloads that go on share: a server that can break off, and half a file. */
abstract class ResumedDownloadSetUp extends DownloadSetUp {

  static final int HALF = 150_000;

  final FileServer server = new FileServer();

  @AfterEach
  void closeServer() {
    server.close();
  }

  /** Leaves what a process that ended in the middle leaves. */
  final void leaveHalf() throws Exception {
    server.breakAfter = HALF;
    CompletableFuture<Path> broken = download().maxResumes(0).to(target);
    Eventually.holds(() -> part.toFile().length() >= HALF, "half of the file");
    broken.cancel(false);
    server.breakAfter = -1;
    Eventually.holds(() -> client.stats().inFlight() == 0, "no call in flight");
  }

  final Download download() {
    return Download.from(client.get(server.url()).noRetry()).resume(true);
  }
}
