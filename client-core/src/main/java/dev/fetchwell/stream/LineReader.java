package dev.fetchwell.stream;

import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.BodyTooLargeError;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * Lines that end with LF, CR or CRLF, each handed out as soon as its end is here: a CR does not
 * wait to see whether an LF follows. Bounded in length, as a server may never send an end.
 */
final class LineReader {

  private final StreamedResponse response;
  private final Reader reader;
  private final int maxLength;
  private final char[] chunk = new char[8192];
  private final StringBuilder line = new StringBuilder();
  private int position;
  private int limit;
  private boolean afterCarriageReturn;

  LineReader(StreamedResponse response, Charset charset, int maxLength) {
    this.response = response;
    this.reader = new InputStreamReader(response.inputStream(), charset);
    this.maxLength = maxLength;
  }

  /** The next line without its end, or null; what stands behind the last end is {@link #rest}. */
  @Nullable String next() {
    while (fill()) {
      if (afterCarriageReturn && chunk[position] == '\n') {
        position++;
      }
      afterCarriageReturn = false;
      int start = position;
      while (position < limit && chunk[position] != '\n' && chunk[position] != '\r') {
        position++;
      }
      append(start);
      if (position < limit) {
        afterCarriageReturn = chunk[position++] == '\r';
        return take();
      }
    }
    return null;
  }

  /** What came after the last line's end; taken once. */
  String rest() {
    return take();
  }

  private void append(int start) {
    if (line.length() + position - start > maxLength) {
      response.close();
      throw new BodyTooLargeError(maxLength, response.facts());
    }
    line.append(chunk, start, position - start);
  }

  private String take() {
    String text = line.toString();
    line.setLength(0);
    return text;
  }

  private boolean fill() {
    if (position < limit) {
      return true;
    }
    try {
      limit = Math.max(0, reader.read(chunk));
      position = 0;
    } catch (IOException broken) {
      // The stream below throws FetchErrors only.
      throw new UncheckedIOException(broken);
    }
    return limit > 0;
  }
}
