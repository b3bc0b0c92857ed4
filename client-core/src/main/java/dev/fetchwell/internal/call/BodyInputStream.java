package dev.fetchwell.internal.call;

import dev.fetchwell.internal.pipeline.OpenBody;
import java.io.InputStream;

/** An open body as a blocking stream. Confined to one thread, but for {@link #close}. */
public final class BodyInputStream extends InputStream {

  private static final int CHUNK = 16 * 1024;

  private final OpenBody body;
  private final byte[] chunk = new byte[CHUNK];
  private int position;
  private int limit;

  /** Reads the body. */
  public BodyInputStream(OpenBody body) {
    this.body = body;
  }

  @Override
  public int read() {
    return fill() ? chunk[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(chunk, position, target, offset, count);
    position += count;
    return count;
  }

  private boolean fill() {
    while (position == limit && limit >= 0) {
      limit = body.read(chunk);
      position = 0;
    }
    if (limit < 0) {
      position = limit;
    }
    return limit >= 0;
  }

  @Override
  public int available() {
    return Math.max(0, limit - position);
  }

  @Override
  public void close() {
    body.cancel();
  }
}
