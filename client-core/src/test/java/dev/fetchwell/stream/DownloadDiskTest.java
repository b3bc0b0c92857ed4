package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.FileError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the disk refuses. */
@Timeout(60)
class DownloadDiskTest {

  private final AsyncHttpClient client = AsyncHttpClient.create();
  private final ScriptedServer server = ScriptedServer.start(Scripts.body(500_000));
  @TempDir private Path folder = Path.of("");

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void missingFolderIsToldBeforeAnythingIsSent() {
    FileError error = errorAt(folder.resolve("missing/file"));
    assertThat(error.kind()).isEqualTo(FileError.Kind.NOT_FOUND);
    assertThat(error.path()).isEqualTo(folder.resolve("missing/file"));
    assertThat(error)
        .hasMessageContaining("folder not found (create it first): " + folder.resolve("missing"))
        .hasMessageNotContaining("file [");
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void folderThatIsAFileIsAnError() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "x");
    FileError error = errorAt(file.resolve("target"));
    assertThat(error.path()).isEqualTo(file.resolve("target"));
    assertThat(error).hasMessageContaining(file.resolve("target") + ": Not a directory");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void targetThatIsAFolderIsAnErrorBeforeAnythingIsSent() throws Exception {
    Path target = Files.createDirectory(folder.resolve("target"));
    FileError error = errorAt(target);
    assertThat(error.kind()).isEqualTo(FileError.Kind.IS_FOLDER);
    assertThat(error)
        .hasMessageContaining("it is a folder (expected: the path of a file): " + target);
    assertThat(server.requests()).isEmpty();
    assertThat(target).isEmptyDirectory();
    assertThat(folder.resolve("target.part")).doesNotExist();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void folderWithoutPermissionIsAnError() throws Exception {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(locked), "runs as one who may write anywhere");
      assertThat(errorAt(locked.resolve("file")).kind()).isEqualTo(FileError.Kind.PERMISSION);
    } finally {
      Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /** A device that is always full stands in for the part. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void fullDiskIsAnErrorAndNothingBearsTheName() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(truncatable(full), "there is no such device here");
    Path target = folder.resolve("file");
    Files.createSymbolicLink(folder.resolve("file.part"), full);

    assertThat(errorAt(target).kind()).isEqualTo(FileError.Kind.NO_SPACE);
    assertThat(folder).isEmptyDirectory();
    server.awaitNoOpenConnections(Awaited.LIMIT);
    assertThat(client.stats().inFlight()).isZero();
  }

  private static boolean truncatable(Path device) {
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.WRITE)) {
      channel.truncate(0);
      return channel.tryLock() != null;
    } catch (IOException refused) {
      return false;
    }
  }

  @Test
  void secondDownloadOfATargetIsRefusedAndTheFirstGoesOn() throws Exception {
    Path target = folder.resolve("file");
    try (ScriptedServer slow = ScriptedServer.start(PiecewiseAnswers.open("", "x"))) {
      CompletableFuture<Path> first = Download.from(client.get(slow.url("/"))).to(target);
      Eventually.holds(
          () -> folder.resolve("file.part").toFile().length() == 1, "the first byte in the part");

      assertThat(errorAt(target).kind()).isEqualTo(FileError.Kind.IN_USE);
      assertThat(server.requests()).isEmpty();
      assertThat(first).isNotDone();
      assertThat(folder.resolve("file.part")).hasContent("x");
      first.cancel(false);
      assertThat(Download.from(client.get(server.url("/"))).to(target))
          .succeedsWithin(Awaited.LIMIT);
      assertThat(target).hasSize(500_000);
    }
  }

  @Test
  void partThatAnotherProcessHoldsIsInUse() throws Exception {
    Path part = folder.resolve("file.part");
    try (FileChannel other =
        FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      assertThat(other.tryLock()).isNotNull();
      assertThat(errorAt(folder.resolve("file")).kind()).isEqualTo(FileError.Kind.IN_USE);
    }
    assertThat(Download.from(client.get(server.url("/"))).to(folder.resolve("file")))
        .succeedsWithin(Awaited.LIMIT);
  }

  static Stream<Arguments> exceptions() {
    return Stream.of(
        arguments(new AccessDeniedException("f"), FileError.Kind.PERMISSION),
        arguments(new IOException("f: Permission denied"), FileError.Kind.PERMISSION),
        arguments(
            new FileSystemException("f", null, "Read-only file system"), FileError.Kind.PERMISSION),
        arguments(new NoSuchFileException("f"), FileError.Kind.NOT_FOUND),
        arguments(new IOException("No space left on device"), FileError.Kind.NO_SPACE),
        arguments(
            new IOException("There is not enough space on the disk"), FileError.Kind.NO_SPACE),
        arguments(new IOException("Disk quota exceeded"), FileError.Kind.NO_SPACE),
        arguments(new IOException("Input/output error"), FileError.Kind.OTHER));
  }

  @ParameterizedTest
  @MethodSource("exceptions")
  void exceptionTellsWhatTheDiskRefused(IOException thrown, FileError.Kind kind) {
    CallFacts facts = new CallFacts("GET", "http://a/", 1, Duration.ZERO, true);
    assertThat(FileError.of(thrown, folder, facts).kind()).isEqualTo(kind);
  }

  private FileError errorAt(Path target) {
    Throwable thrown = Awaited.error(Download.from(client.get(server.url("/"))).to(target));
    assertThat(thrown).isInstanceOf(FileError.class);
    return (FileError) thrown;
  }
}
