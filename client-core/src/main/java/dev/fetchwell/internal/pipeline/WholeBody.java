package dev.fetchwell.internal.pipeline;

import java.io.ByteArrayInputStream;

/** A body that is here as a whole, such as that of a 304, read as if it came from the wire. */
public final class WholeBody implements OpenBody {

  private final ByteArrayInputStream bytes;

  /** A body of these bytes. */
  public WholeBody(byte[] bytes) {
    this.bytes = new ByteArrayInputStream(bytes);
  }

  @Override
  public int read(byte[] target) {
    return bytes.read(target, 0, target.length);
  }

  @Override
  public void cancel() {
    // Nothing is held.
  }

  @Override
  public void whenEnded(Runnable action) {
    action.run();
  }
}
