package dev.fetchwell.socket;

import dev.fetchwell.internal.async.Cancellable;
import java.io.IOException;

/** One open connection, in terms of frames: what a test replaces. */
interface Link extends Cancellable {

  /** What comes over it; told one at a time, on the thread that reads. */
  interface Events {

    /** A message; returns when there is room for the next. */
    void message(SocketMessage message, int bytes);

    /** The peer wants an answer with the same payload. */
    void ping(byte[] payload);

    /** The peer answered a ping. */
    void pong();

    /** The close frame came; nothing comes after it. */
    void closed(int code, String reason);

    /** The connection broke, or the peer broke the rules: then with a {@link Violation}. */
    void broken(Throwable thrown);

    /** Reading has ended, however; the last event. */
    void ended();
  }

  /** Something to be written. */
  @SuppressWarnings("ArrayRecordComponent") // Frames are not compared.
  record Frame(int opcode, byte[] payload) {

    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    static Frame close(int code) {
      return new Frame(CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
    }
  }

  /** Reads until nothing comes any more, and tells it; blocks. */
  void read(Events events);

  /** Hands a frame to the network; blocks while the peer does not read. One thread at a time. */
  void write(Frame frame) throws IOException;

  /** The bytes that went and came; grows while a large message is under way. */
  long moved();

  /** Whether a frame is partly read or written. */
  boolean isMidFrame();

  /** The subprotocol that the server chose; an empty string for none. */
  String subprotocol();

  /** Closes the connection; blocked reads and writes fail. On any thread, any number of times. */
  @Override
  void cancel();
}
