package dev.fetchwell.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.FaultyDisk;
import dev.fetchwell.testkit.HarRules;
import dev.fetchwell.testkit.LoggedMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HarDiskTest {

  @TempDir private Path folder;

  private final FakeServer server = FakeServer.create();
  private Path file = Path.of("");

  @BeforeEach
  void answers() {
    file = folder.resolve("calls.har");
    server.on("GET", "/x", FakeReply.text("ok"));
  }

  private AsyncHttpClient client(HarRecorder recorder) {
    return server.client(builder -> builder.listener(recorder));
  }

  private void call(AsyncHttpClient client, int times) {
    for (int i = 0; i < times; i++) {
      assertThat(server.await(client.getString("/x"))).isEqualTo("ok");
    }
  }

  private HarRecorder onto(FaultyDisk.BeforeWrite disk) {
    return new HarRecorder(
        file, 0, Platform.system(), path -> new FaultyDisk(HarFile.onDisk(path), disk));
  }

  @Test
  void diskThatGetsFullLeavesAWholeFileThatGoesOnWhenThereIsRoom() throws Exception {
    AtomicBoolean full = new AtomicBoolean();
    AtomicInteger refused = new AtomicInteger();
    try (LoggedMessages log = new LoggedMessages();
        HarRecorder recorder =
            onto(
                (position, bytes) -> {
                  if (!full.get() || bytes < 20) {
                    return bytes;
                  }
                  if (refused.getAndIncrement() % 2 == 0) {
                    return 11; // A part of it still fits.
                  }
                  throw new IOException("No space left on device");
                })) {
      AsyncHttpClient client = client(recorder);
      call(client, 2);
      Eventually.holds(() -> written() == 2, "two entries");
      full.set(true);
      call(client, 3);
      Eventually.holds(() -> recorder.dropped() == 3, "three entries left out");
      assertThat(HarRules.entries(file)).hasSize(2);
      full.set(false);
      call(client, 1);
      end(recorder);

      assertThat(HarRules.entries(file)).hasSize(3);
      assertThat(recorder.toString()).contains("3 entries left out");
      assertThat(log.warnings()).hasSize(1);
      assertThat(log.warnings().get(0))
          .contains(file.toString(), "No space left", "room on its disk");
    }
  }

  private int written() {
    try {
      return HarRules.entries(file).size();
    } catch (IOException | RuntimeException | AssertionError notYet) {
      return -1;
    }
  }

  @Test
  void deviceWithoutRoomCostsNoCall() {
    Path device = Path.of("/dev/full");
    assumeThat(Files.exists(device)).isTrue();
    try (LoggedMessages log = new LoggedMessages();
        HarRecorder recorder = HarRecorder.to(device)) {
      call(client(recorder), 2);
      end(recorder);

      assertThat(recorder.dropped()).isEqualTo(2);
      assertThat(log.warnings()).hasSize(1);
    }
  }

  @Test
  void directoryThatIsNotThereCostsNoCallAndIsSaidOnce() {
    Path missing = folder.resolve("no/such/calls.har");
    try (LoggedMessages log = new LoggedMessages();
        HarRecorder recorder = HarRecorder.to(missing)) {
      call(client(recorder), 3);
      end(recorder);

      assertThat(recorder.dropped()).isEqualTo(3);
      assertThat(log.warnings()).hasSize(1);
      assertThat(log.warnings().get(0)).contains(missing.toString(), "see to its directory");
    }
  }

  @Test
  void fileThatIsTakenAwayIsBegunAgain() throws Exception {
    try (HarRecorder recorder = HarRecorder.to(file)) {
      AsyncHttpClient client = client(recorder);
      call(client, 2);
      Eventually.holds(() -> written() == 2, "two entries");
      Path moved = Files.move(file, folder.resolve("first.har"));
      call(client, 1);
      end(recorder);

      assertThat(HarRules.entries(moved)).hasSize(2);
      assertThat(HarRules.entries(file)).hasSize(1);
    }
  }

  @Test
  void directoryThatIsDeletedCostsNoCall() throws Exception {
    Path directory = Files.createDirectory(folder.resolve("gone"));
    file = directory.resolve("calls.har");
    try (LoggedMessages log = new LoggedMessages();
        HarRecorder recorder = HarRecorder.to(file)) {
      AsyncHttpClient client = client(recorder);
      call(client, 1);
      Eventually.holds(() -> written() == 1, "one entry");
      Files.delete(file);
      Files.delete(directory);
      call(client, 2);
      end(recorder);

      assertThat(recorder.dropped()).isEqualTo(2);
      assertThat(log.warnings()).hasSize(1);
    }
  }

  @Test
  void slowDiskHoldsUpNoCallAndWhatDoesNotFitIsCounted() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    HarRecorder recorder =
        onto(
            (position, bytes) -> {
              awaitQuietly(stuck);
              return bytes;
            });
    int calls = HarQueue.MOST_ENTRIES + 500;

    call(client(recorder), calls);

    assertThat(recorder.dropped()).isBetween(490L, 500L);
    stuck.countDown();
    recorder.close();
    assertThat(HarRules.entries(file).size() + recorder.dropped()).isEqualTo(calls);
  }

  @Test
  void closingDoesNotWaitForADiskThatHangs() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    HarFile hanging =
        new HarFile(
            file,
            path -> {
              awaitQuietly(stuck);
              return HarFile.onDisk(path);
            });
    HarQueue queue = new HarQueue(hanging, Platform.system());
    try (LoggedMessages log = new LoggedMessages()) {
      queue.close(Duration.ofMillis(20));
      assertThat(log.warnings()).hasSize(1);
      assertThat(log.warnings().get(0)).contains("still being written");
    }

    stuck.countDown();
    Eventually.holds(() -> written() == 0, "an empty file");
  }

  @Test
  void interruptedThreadMayCloseAndStaysInterrupted() throws Exception {
    HarRecorder recorder = HarRecorder.to(file);
    call(client(recorder), 1);
    Thread.currentThread().interrupt();
    recorder.close();

    assertThat(Thread.interrupted()).isTrue();
    recorder.close(); // Now it waits.
    assertThat(written()).isEqualTo(1);
  }

  private static void end(HarRecorder recorder) {
    recorder.close();
  }

  private static void awaitQuietly(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
