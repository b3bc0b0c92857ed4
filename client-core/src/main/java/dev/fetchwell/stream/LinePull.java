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
    if (line != null) {
      return line;
    }
    String rest = lines.rest();
    return rest.isEmpty() ? null : rest;
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
