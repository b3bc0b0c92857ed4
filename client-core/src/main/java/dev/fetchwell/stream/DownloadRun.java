package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.FileError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.RequestAccess;
import dev.fetchwell.internal.text.RequestUri;
import dev.fetchwell.observe.Progress;
import dev.fetchwell.policy.Backoff;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One run of a {@link Download}. Confined to one thread, but for {@link #cancel}. */
final class DownloadRun implements Cancellable {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");
  private static final int CHUNK = 64 * 1024;

  /** Between the requests of one download; a server that breaks each one off is not hammered. */
  private static final Backoff PAUSES =
      Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(10)).withEqualJitter();

  private final RequestSpec spec;
  private final Download settings;
  private final Path target;
  private final CancellableWait wait;
  private final RandomGenerator random;

  /** What may not be sent twice is not asked for again, whatever the settings say. */
  private final boolean resumes;

  private CallFacts facts;
  private boolean fromStart;
  private boolean progressThrew;

  DownloadRun(RequestSpec spec, Download settings, Path target, Platform platform) {
    this.spec = spec;
    this.settings = settings;
    this.target = target;
    this.wait = new CancellableWait(platform);
    this.random = platform.random();
    this.resumes = settings.resumes() && RequestAccess.isIdempotent(spec);
    this.facts = noCallYet(spec);
  }

  @Override
  public void cancel() {
    wait.cancel();
  }

  /** Writes the file; blocks until it is there. */
  Path run() {
    TargetLock lock = TargetLock.of(target, wait, facts);
    try (PartialFile part = PartialFile.open(target, facts)) {
      return fetchOrClean(part);
    } finally {
      lock.release();
    }
  }

  private Path fetchOrClean(PartialFile part) {
    try {
      return fetchAll(part);
    } catch (Throwable failed) {
      if (!resumes) {
        deleteAfter(failed, part);
      }
      throw failed;
    }
  }

  private static void deleteAfter(Throwable failed, PartialFile part) {
    try {
      part.delete();
    } catch (FileError refused) {
      failed.addSuppressed(refused);
    }
  }

  private Path fetchAll(PartialFile part) {
    int idleResumes = 0;
    long reached = part.size();
    while (true) {
      try {
        if (fetch(part)) {
          return finish(part);
        }
      } catch (FetchError error) {
        if (wait.isCancelled()) {
          throw new CancellationException("the download was cancelled");
        }
        idleResumes = part.size() > reached ? 0 : idleResumes + 1;
        reached = Math.max(reached, part.size());
        if (!isResumable(error) || idleResumes > settings.maxResumes()) {
          throw error;
        }
        wait.pause(PAUSES.delay(idleResumes + 1, random));
      }
    }
  }

  private boolean isResumable(FetchError error) {
    return resumes && (error instanceof ConnectionError || error instanceof FetchTimeoutError);
  }

  /** One request; whether the file is whole then. If not, the next starts from the beginning. */
  private boolean fetch(PartialFile part) {
    Optional<String> validator = resumes && !fromStart ? part.validator() : Optional.empty();
    RequestSpec request = spec.copy();
    long offset = 0;
    if (validator.isPresent()) {
      offset = part.size();
      request.header("Range", "bytes=" + offset + "-").header("If-Range", validator.get());
    }
    fromStart = false;
    StreamedResponse response;
    try {
      response = wait.open(request);
    } catch (HttpStatusError failed) {
      if (failed.status() != 416 || offset == 0) {
        throw failed;
      }
      return rangeRefused(failed, offset);
    }
    try (response) {
      facts = response.facts();
      part.facts(facts);
      return response.status() == 206
          ? receivePart(response, part, validator)
          : receiveWhole(response, part);
    }
  }

  /** There is nothing behind what is here: because that is all, or because it is another file. */
  private boolean rangeRefused(HttpStatusError failed, long offset) {
    Optional<ContentRange> range = failed.header("Content-Range").flatMap(ContentRange::parse);
    if (range.isPresent() && range.get().total() == offset) {
      return true;
    }
    fromStart = true;
    return false;
  }

  private boolean receivePart(
      StreamedResponse response, PartialFile part, Optional<String> validator) {
    if (validator.isEmpty()) {
      throw notTheFile("status 206 to a request without a range");
    }
    Optional<ContentRange> range = response.header("Content-Range").flatMap(ContentRange::parse);
    if (range.isEmpty()
        || range.get().start() != part.size()
        || Validators.contradict(response, validator.get())) {
      fromStart = true;
      return false;
    }
    copy(response, part, range.get().total());
    return true;
  }

  private boolean receiveWhole(StreamedResponse response, PartialFile part) {
    if (response.status() == 204 || response.status() >= 300) {
      throw notTheFile("status " + response.status());
    }
    part.restart(Validators.strong(response));
    copy(response, part, contentLength(response));
    return true;
  }

  private FetchError notTheFile(String problem) {
    return new DecodeError(Path.class, problem, "", facts, null);
  }

  private void copy(StreamedResponse response, PartialFile part, long total) {
    tell(part.size(), total);
    byte[] chunk = new byte[CHUNK];
    try (InputStream body = response.inputStream()) {
      int count = body.read(chunk);
      while (count >= 0) {
        if (wait.isCancelled()) {
          throw new CancellationException("the download was cancelled");
        }
        part.append(chunk, count);
        tell(part.size(), total);
        count = body.read(chunk);
      }
    } catch (IOException impossible) {
      throw new IllegalStateException("a body's stream throws FetchErrors only", impossible);
    }
    if (total >= 0 && part.size() != total) {
      throw new ConnectionError(
          ConnectionError.Kind.RESET,
          "body has " + part.size() + " of " + total + " bytes",
          response.facts(),
          null);
    }
  }

  private void tell(long done, long total) {
    Progress progress = settings.progress();
    if (progress == null) {
      return;
    }
    try {
      progress.update(done, total);
    } catch (Throwable thrown) {
      // Not each time: a long download would fill the log.
      System.Logger.Level level =
          progressThrew ? System.Logger.Level.TRACE : System.Logger.Level.WARNING;
      progressThrew = true;
      LOG.log(level, "a Progress threw", thrown);
    }
  }

  private Path finish(PartialFile part) {
    @Nullable String expected = settings.expectedSha256();
    if (expected != null) {
      String actual = part.sha256();
      if (!actual.equals(expected)) {
        part.delete();
        throw notTheFile("its SHA-256 is " + actual + ", expected " + expected);
      }
    }
    return part.finish();
  }

  private static long contentLength(StreamedResponse response) {
    return response
        .header("Content-Length")
        .filter(length -> length.matches("[0-9]{1,18}"))
        .map(Long::parseLong)
        .orElse(-1L);
  }

  private static CallFacts noCallYet(RequestSpec spec) {
    String url = spec.toRequest().map(request -> RequestUri.redacted(request.url())).orElse("?");
    return new CallFacts("GET", url, 0, Duration.ZERO, false);
  }
}
