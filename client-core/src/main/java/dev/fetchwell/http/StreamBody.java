package dev.fetchwell.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import java.util.function.Supplier;

/** A body that is read from a stream, which is opened again for each attempt, and closed. */
record StreamBody(Supplier<? extends InputStream> source, long length, String mediaType)
    implements RequestBody {

  private static final int CHUNK = 16 * 1024;

  @Override
  public void writeTo(OutputStream out) throws IOException {
    try (InputStream in = Objects.requireNonNull(source.get(), "the stream of the body")) {
      byte[] chunk = new byte[CHUNK];
      long written = 0;
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        if (length >= 0 && written + count > length) {
          throw new IOException("the stream has more bytes than its length " + length);
        }
        out.write(chunk, 0, count);
        written += count;
      }
      if (length >= 0 && written < length) {
        throw new IOException("the stream has " + written + " bytes (expected: " + length + ")");
      }
    }
  }

  @Override
  public String toString() {
    return (length < 0 ? "stream" : "stream of " + length + " bytes") + " as " + mediaType;
  }
}
