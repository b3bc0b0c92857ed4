package dev.fetchwell.socket;

import dev.fetchwell.internal.pipeline.Upgraded;
import java.io.IOException;
import java.io.InputStream;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Frames over an upgraded connection. */
final class FrameLink implements Link {

  private final Upgraded connection;
  private final String subprotocol;
  private final InputStream input;
  private final @Nullable Compression compression;
  private final FrameReader reader;
  private final FrameWriter writer;

  FrameLink(
      Upgraded connection,
      String subprotocol,
      @Nullable Compression compression,
      int maxMessageBytes,
      RandomGenerator masks) {
    this.connection = connection;
    this.subprotocol = subprotocol;
    this.compression = compression;
    this.input = connection.input();
    this.reader = new FrameReader(input, maxMessageBytes, compression);
    this.writer = new FrameWriter(connection.output(), masks, compression != null);
  }

  @Override
  public void read(Events events) {
    try {
      boolean goesOn = true;
      while (goesOn) {
        goesOn = reader.next(events);
      }
    } catch (Throwable thrown) {
      events.broken(thrown);
    } finally {
      if (compression != null) {
        compression.end();
      }
    }
    discardRest();
    events.ended();
  }

  /** Else what is unread would break the connection before the peer has read our close frame. */
  private void discardRest() {
    byte[] nobodys = new byte[1024];
    try {
      int count = input.read(nobodys, 0, nobodys.length);
      while (count >= 0) {
        count = input.read(nobodys, 0, nobodys.length);
      }
    } catch (IOException closed) {
      // As was to be expected: whoever has ended this closes it in a moment.
      return;
    }
  }

  @Override
  public void write(Frame frame) throws IOException {
    writer.write(frame);
  }

  @Override
  public long moved() {
    return reader.received() + writer.written();
  }

  @Override
  public boolean isMidFrame() {
    return reader.isMidFrame() || writer.isMidFrame();
  }

  @Override
  public String subprotocol() {
    return subprotocol;
  }

  @Override
  public void cancel() {
    connection.cancel();
  }
}
