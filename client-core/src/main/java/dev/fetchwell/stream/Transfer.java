package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.http.RequestUri;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** One run of a {@link Download}. Confined to one thread, but for {@link #cancel}. */
final class Transfer {

  private static final int CHUNK = 64 * 1024;

  private final RequestSpec spec;
  private final Download settings;
  private final Path target;
  private final Opening opening = new Opening();
  private boolean fromStart;

  Transfer(RequestSpec spec, Download settings, Path target) {
    this.spec = spec;
    this.settings = settings;
    this.target = target;
  }

  void cancel() {
    opening.cancel();
  }

  /** Writes the file; blocks until it is there. */
  Path run() {
    try (PartFile part = PartFile.open(target, noCallYet())) {
      try {
        return fetchAll(part);
      } catch (FetchError | CancellationException failed) {
        if (!settings.resumes()) {
          part.delete();
        }
        throw failed;
      }
    }
  }

  private Path fetchAll(PartFile part) {
    int idleResumes = 0;
    while (true) {
      long before = part.size();
      try {
        if (fetch(part)) {
          return finish(part);
        }
      } catch (FetchError error) {
        if (opening.isCancelled()) {
          throw new CancellationException("the download was cancelled");
        }
        idleResumes = part.size() > before ? 0 : idleResumes + 1;
        if (!isResumable(error, part) || idleResumes > settings.maxResumes()) {
          throw error;
        }
      }
    }
  }

  private boolean isResumable(FetchError error, PartFile part) {
    boolean broken =
        error instanceof ConnectionError
            || (error instanceof FetchTimeoutError late
                && late.phase() == FetchTimeoutError.Phase.IDLE);
    return settings.resumes() && broken && part.validator().isPresent();
  }

  /** One request; whether the file is whole then. If not, the next starts from the beginning. */
  private boolean fetch(PartFile part) {
    Optional<String> validator =
        settings.resumes() && !fromStart ? part.validator() : Optional.empty();
    RequestSpec request = spec.copy();
    long offset = 0;
    if (validator.isPresent()) {
      offset = part.size();
      request.header("Range", "bytes=" + offset + "-").header("If-Range", validator.get());
    }
    fromStart = false;
    StreamedResponse response;
    try {
      response = opening.open(request);
    } catch (HttpStatusError failed) {
      if (failed.status() != 416 || offset == 0) {
        throw failed;
      }
      return rangeRefused(failed, offset);
    }
    try (response) {
      part.facts(response.facts());
      return receive(response, part, offset);
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

  private boolean receive(StreamedResponse response, PartFile part, long offset) {
    long total;
    if (response.status() == 206) {
      Optional<ContentRange> range = response.header("Content-Range").flatMap(ContentRange::parse);
      if (offset == 0 || range.isEmpty() || range.get().start() != offset) {
        if (offset == 0) {
          throw unexpectedRange(response);
        }
        fromStart = true;
        return false;
      }
      total = range.get().total();
    } else {
      part.restart(Validators.strong(response));
      total = contentLength(response);
    }
    copy(response, part, total);
    if (total >= 0 && part.size() != total) {
      throw new ConnectionError(
          ConnectionError.Kind.RESET,
          "body has " + part.size() + " of " + total + " bytes",
          response.facts(),
          null);
    }
    return true;
  }

  private static FetchError unexpectedRange(StreamedResponse response) {
    return new ConnectionError(
        ConnectionError.Kind.PROTOCOL,
        "status 206 to a request without a range",
        response.facts(),
        null);
  }

  private void copy(StreamedResponse response, PartFile part, long total) {
    settings.tell(part.size(), total);
    byte[] chunk = new byte[CHUNK];
    try (InputStream body = response.inputStream()) {
      int count = body.read(chunk);
      while (count >= 0) {
        if (opening.isCancelled()) {
          throw new CancellationException("the download was cancelled");
        }
        part.append(chunk, count);
        settings.tell(part.size(), total);
        count = body.read(chunk);
      }
    } catch (IOException impossible) {
      throw new IllegalStateException("a body's stream throws FetchErrors only", impossible);
    }
  }

  private Path finish(PartFile part) {
    @Nullable String expected = settings.expectedSha256();
    if (expected != null) {
      String actual = part.sha256();
      if (!actual.equals(expected)) {
        part.delete();
        throw new DecodeError(
            Path.class,
            "its SHA-256 is " + actual + ", expected " + expected,
            "",
            noCallYet(),
            null);
      }
    }
    return part.finish();
  }

  private static long contentLength(StreamedResponse response) {
    return response.header("Content-Length").map(Long::parseLong).orElse(-1L);
  }

  private CallFacts noCallYet() {
    String url = spec.address().map(uri -> RequestUri.redact(uri.toString())).orElse("?");
    return new CallFacts("GET", url, 0, Duration.ZERO, false);
  }
}
