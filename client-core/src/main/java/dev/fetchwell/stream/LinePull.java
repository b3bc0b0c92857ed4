package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.http.MediaCharset;
import dev.fetchwell.internal.concurrent.Pull;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The lines of a response; sent when the first is asked for. */
final class LinePull implements Pull<String> {

  private final RequestSpec spec;
  private final int maxLength;
  private final Opening opening = new Opening();
  private @Nullable LineReader reader;
  private @Nullable StreamedResponse response;
  private long number;

  LinePull(RequestSpec spec, int maxLength) {
    this.spec = spec;
    this.maxLength = maxLength;
  }

  @Override
  public @Nullable String next() {
    LineReader lines = reader;
    if (lines == null) {
      StreamedResponse opened = opening.open(spec);
      response = opened;
      Optional<String> type = opened.header("Content-Type");
      lines = new LineReader(opened, MediaCharset.of(type), maxLength);
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
    opening.cancel();
  }
}
