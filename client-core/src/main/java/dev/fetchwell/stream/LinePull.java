package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.Pull;
import dev.fetchwell.internal.call.RequestAccess;
import dev.fetchwell.internal.text.MediaCharset;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/** The lines of a response; sent when the first is asked for. */
final class LinePull implements Pull<String> {

  private final RequestSpec spec;
  private final int maxLength;
  private final CancellableWait wait;
  private @Nullable LineReader reader;
  private @Nullable StreamedResponse response;
  private long number;

  LinePull(RequestSpec spec, int maxLength, Platform platform) {
    this.spec = spec;
    this.wait = new CancellableWait(platform);
    this.maxLength = maxLength;
  }

  /** What may not be sent twice is not asked for again, whatever the retry policy says. */
  static void keepFirstBodyUnlessIdempotent(RequestSpec spec) {
    if (!RequestAccess.isIdempotent(spec)) {
      RequestAccess.keepFirstBody(spec);
    }
  }

  @Override
  public @Nullable String next() {
    LineReader lines = reader;
    if (lines == null) {
      StreamedResponse opened = wait.open(spec);
      response = opened;
      Charset charset = MediaCharset.of(opened.header("Content-Type").orElse(null));
      lines = new LineReader(opened, charset, maxLength);
      reader = lines;
    }
    String line = lines.next();
    if (line == null) {
      String rest = lines.rest();
      line = rest.isEmpty() ? null : rest;
    }
    return line == null ? null : withoutMark(line);
  }

  private String withoutMark(String line) {
    return ++number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line;
  }

  /** The number of the line that came last, from 1. */
  long number() {
    return number;
  }

  /** The response that the lines come from, once there was a line. */
  @Nullable StreamedResponse response() {
    return response;
  }

  @Override
  public void cancel() {
    wait.cancel();
  }
}
