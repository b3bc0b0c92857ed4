package dev.fetchwell.stream;

import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.CallFacts;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lines that end with LF, CR or CRLF, each handed out as soon as its end is here: a CR does not
 * wait to see whether an LF follows. Bounded in length, as a server may never send an end.
 */
final class LineReader {

  private final InputStream body;
  private final Supplier<CallFacts> facts;
  private final Reader reader;
  private final int maxLength;
  private final char[] chunk = new char[8192];
  private final StringBuilder line = new StringBuilder();
  private int position;
  private int limit;
  private boolean afterCarriageReturn;

  LineReader(StreamedResponse response, Charset charset, int maxLength) {
    this(response.inputStream(), charset, maxLength, response::facts);
  }

  /** Reads any stream; the facts are for the error. */
  LineReader(InputStream body, Charset charset, int maxLength, Supplier<CallFacts> facts) {
    this.body = body;
    this.facts = facts;
    this.reader = new InputStreamReader(body, charset);
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
      close();
      throw BodyTooLargeError.ofPart("line", maxLength, facts.get());
    }
    line.append(chunk, start, position - start);
  }

  private void close() {
    try {
      body.close();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
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
