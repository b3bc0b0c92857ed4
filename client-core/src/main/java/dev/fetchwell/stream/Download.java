package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.CallerFuture;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.RequestAccess;
import dev.fetchwell.internal.text.Checks;
import dev.fetchwell.observe.Progress;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A response's body into a file, whatever its size. Immutable.
 *
 * <p>It is written beside the target as {@code name.part} and gets its final name, atomically, only
 * when it is whole and its checksum is right; a file of that name is replaced then.
 *
 * <p>With {@link #resume}, a broken download goes on where it stopped, at once and also in a later
 * call or process: {@code name.part.etag} keeps the validator for {@code If-Range}. A server that
 * has another version, ignores ranges, or gave no strong validator sends it all again.
 *
 * <p>One download at a time writes a target; a second one fails with {@code FileError(IN_USE)}.
 *
 * <p>Failures: what the client throws; {@code FileError} for the disk; {@code DecodeError} for a
 * wrong checksum.
 *
 * <pre>{@code
 * Download.from(client.get(url)).resume(true).sha256(hex).to(Path.of("jdk.tar.gz"));
 * }</pre>
 */
public final class Download {

  private final RequestSpec spec;
  private final boolean resume;
  private final int maxResumes;
  private final @Nullable String sha256;
  private final @Nullable Progress progress;

  private Download(
      RequestSpec spec,
      boolean resume,
      int maxResumes,
      @Nullable String sha256,
      @Nullable Progress progress) {
    this.spec = spec;
    this.resume = resume;
    this.maxResumes = maxResumes;
    this.sha256 = sha256;
    this.progress = progress;
  }

  /** A download; the request is sent by {@link #to}. */
  public static Download from(RequestSpec request) {
    // Compressed in transit, a range would be one of the compressed bytes.
    RequestSpec spec =
        Objects.requireNonNull(request, "request").copy().header("Accept-Encoding", "identity");
    LinePull.keepFirstBodyUnlessIdempotent(spec);
    return new Download(spec, false, 5, null, null);
  }

  /**
   * Hears the bytes written so far, and in all, or -1 while that is not known; fewer than before if
   * it has to begin again. What it throws is logged and does not touch the download.
   */
  public Download onProgress(Progress listener) {
    return new Download(
        spec, resume, maxResumes, sha256, Objects.requireNonNull(listener, "onProgress"));
  }

  /**
   * Whether to go on where a download stopped; default false: always from the start. A request
   * whose method is not idempotent is never sent again, whatever is set here.
   */
  public Download resume(boolean allowed) {
    return new Download(spec, allowed, maxResumes, sha256, progress);
  }

  /** How often in a row it is resumed without getting further than before, default 5. */
  public Download maxResumes(int times) {
    Checks.atLeast("maxResumes", times, 0);
    return new Download(spec, resume, times, sha256, progress);
  }

  /**
   * The SHA-256 that the file must have.
   *
   * @param hex 64 hexadecimal digits
   * @throws IllegalArgumentException if they are not
   */
  public Download sha256(String hex) {
    if (!Objects.requireNonNull(hex, "sha256").matches("[0-9A-Fa-f]{64}")) {
      throw new IllegalArgumentException("sha256: '" + hex + "' (expected: 64 hexadecimal digits)");
    }
    return new Download(spec, resume, maxResumes, hex.toLowerCase(Locale.ROOT), progress);
  }

  /**
   * Sends the request and writes the file, on a thread of the client's.
   *
   * @param target its folder must exist
   * @return completes with the target; cancelling it closes the connection and, with {@link
   *     #resume}, keeps what is there
   */
  public CompletableFuture<Path> to(Path target) {
    Objects.requireNonNull(target, "target");
    Platform platform = RequestAccess.platformOf(spec);
    CallFuture<Path> future = new CallerFuture<>();
    DownloadRun download =
        new DownloadRun(
            RequestAccess.prepared(spec.copy()), this, target.toAbsolutePath(), platform);
    future.run(download, begun -> begin(begun, platform, future));
    return future;
  }

  private static void begin(DownloadRun download, Platform platform, CallFuture<Path> future) {
    try {
      platform.threads().execute(() -> run(download, future));
    } catch (Throwable noThread) {
      future.completeExceptionally(UnexpectedError.wrap(noThread));
    }
  }

  private static void run(DownloadRun download, CallFuture<Path> future) {
    try {
      future.complete(download.run());
    } catch (CancellationException cancelled) {
      future.completeExceptionally(cancelled);
    } catch (Throwable thrown) {
      future.completeExceptionally(UnexpectedError.wrap(thrown));
    }
  }

  boolean resumes() {
    return resume;
  }

  int maxResumes() {
    return maxResumes;
  }

  @Nullable String expectedSha256() {
    return sha256;
  }

  @Nullable Progress progress() {
    return progress;
  }
}
