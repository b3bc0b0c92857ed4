package dev.fetchwell.socket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection that a test plays; confined to its thread. */
final class FakeLink implements Link {

  final List<Frame> written = new ArrayList<>();
  boolean cancelled;
  boolean breaksWrites;
  boolean midFrame;
  long moved;
  @Nullable Runnable whileWriting;
  private @Nullable Events events;

  @Override
  public void read(Events to) {
    events = to;
  }

  /** What the peer does. */
  Events peer() {
    if (events == null) {
      throw new AssertionError("nobody reads");
    }
    return events;
  }

  void text(String text) {
    peer().message(new SocketMessage.Text(text), text.length());
  }

  /** The peer's close frame, and the end of its stream. */
  void close(int code) {
    peer().closed(code, "why");
    peer().ended();
  }

  void reset() {
    peer().broken(new IOException("reset by the peer"));
    peer().ended();
  }

  @Override
  public void write(Frame frame) throws IOException {
    if (breaksWrites || cancelled) {
      throw new IOException("broken pipe");
    }
    Runnable meanwhile = whileWriting;
    whileWriting = null;
    if (meanwhile != null) {
      meanwhile.run();
      if (cancelled) {
        throw new IOException("closed meanwhile");
      }
    }
    written.add(frame);
  }

  /** Such as {@code text hello}, {@code ping}, {@code close 1000}. */
  List<String> log() {
    return written.stream().map(FakeLink::show).toList();
  }

  private static String show(Frame frame) {
    byte[] payload = frame.payload();
    return switch (frame.opcode()) {
      case Frame.TEXT -> "text " + new String(payload, StandardCharsets.UTF_8);
      case Frame.BINARY -> "binary " + payload.length;
      case Frame.PING -> "ping";
      case Frame.PONG -> "pong " + payload.length;
      default -> "close " + ((payload[0] & 0xff) << 8 | (payload[1] & 0xff));
    };
  }

  @Override
  public long moved() {
    return moved;
  }

  @Override
  public boolean isMidFrame() {
    return midFrame;
  }

  @Override
  public String subprotocol() {
    return "";
  }

  @Override
  public void cancel() {
    cancelled = true;
  }
}
