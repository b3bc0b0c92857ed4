package dev.fetchwell.internal.call;

import dev.fetchwell.http.RequestBody;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.observe.Progress;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** A body whose way to the wire is told, from the start again on each attempt. */
record WatchedBody(RequestBody body, Progress progress) implements RequestBody {

  @Override
  public String mediaType() {
    return body.mediaType();
  }

  @Override
  public long length() throws IOException {
    return body.length();
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    body.writeTo(new Counting(out, length(), progress));
  }

  @Override
  public Optional<byte[]> bytes() {
    return body.bytes();
  }

  @Override
  public String toString() {
    return body.toString();
  }

  /** Large writes are told in pieces: a body of bytes comes as one. */
  private static final class Counting extends FilterOutputStream {

    private static final int PIECE = 64 * 1024;

    private final long total;
    private final Progress progress;
    private long done;

    private Counting(OutputStream out, long total, Progress progress) {
      super(out);
      this.total = total;
      this.progress = progress;
    }

    @Override
    public void write(int one) throws IOException {
      out.write(one);
      tell(1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int end = offset + length;
      for (int at = offset; at < end; at += PIECE) {
        int count = Math.min(PIECE, end - at);
        out.write(bytes, at, count);
        tell(count);
      }
    }

    private void tell(int count) {
      done += count;
      long now = done;
      Guard.run(() -> progress.update(now, total));
    }
  }
}
