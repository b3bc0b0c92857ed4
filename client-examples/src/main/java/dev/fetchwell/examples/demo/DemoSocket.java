package dev.fetchwell.examples.demo;

import dev.fetchwell.examples.demo.ClientFrames.Frame;
import dev.fetchwell.examples.demo.ClientFrames.Violation;
import dev.fetchwell.socket.SocketMessage;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The server's end of a web socket. It reads on the connection's own thread, which answers pings
 * while it waits for a message or lets time pass; any thread may send.
 */
public final class DemoSocket {

  private static final Duration CLOSING_TIME = Duration.ofSeconds(2);
  private static final int NORMAL = 1000;
  private static final int INTERNAL_ERROR = 1011;
  private static final int LONGEST_REASON = 123;

  private final DemoConnection connection;
  private final Runnable ended;
  private final IntConsumer closedByClient;
  private final ClientFrames frames;
  private final ReentrantLock writing = new ReentrantLock();

  /** Whether our close frame is out; written under the lock, by the thread that reads. */
  private boolean closing;

  /** Whether the client's close frame is in. */
  private boolean closed;

  DemoSocket(DemoConnection connection, Runnable ended, IntConsumer closedByClient) {
    this.connection = connection;
    this.ended = ended;
    this.closedByClient = closedByClient;
    this.frames = new ClientFrames(connection.input());
  }

  /** What a route does with a socket; when it returns, the socket is closed with 1000. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Called on the connection's own thread; may block.
     *
     * @throws IOException if the client hung up or closed meanwhile
     */
    void handle(DemoSocket socket) throws IOException;
  }

  void serve(Handler handler) throws IOException {
    try {
      handler.handle(this);
      close(NORMAL, "");
    } catch (Violation violation) {
      refuse(violation);
    } catch (RuntimeException bug) {
      close(INTERNAL_ERROR, bug.toString());
    } catch (EOFException gone) {
      if (!closed) {
        throw gone;
      }
    }
    connection.socket().close();
  }

  /** Waits for the next message; null when the client has closed. */
  public @Nullable SocketMessage next() throws IOException {
    while (!closed) {
      SocketMessage message = read();
      if (message != null) {
        return message;
      }
    }
    return null;
  }

  /**
   * Lets time pass; what the client sends meanwhile is dropped.
   *
   * @throws EOFException if the client closed or hung up meanwhile
   */
  public void pause(Duration duration) throws IOException {
    readFor(duration);
    if (closed) {
      throw new EOFException("the client has closed");
    }
  }

  private void readFor(Duration duration) throws IOException {
    long end = System.nanoTime() + duration.toNanos();
    long left = duration.toNanos();
    while (left > 0 && !closed && connection.hasInput(Duration.ofNanos(left))) {
      read();
      left = end - System.nanoTime();
    }
  }

  /** Reads one message or control frame, of which a message is given back. */
  private @Nullable SocketMessage read() throws IOException {
    Frame frame = frames.next();
    switch (frame.opcode()) {
      case ClientFrames.TEXT -> {
        return new SocketMessage.Text(frame.text());
      }
      case ClientFrames.BINARY -> {
        return new SocketMessage.Binary(frame.payload());
      }
      case ClientFrames.PING -> write(ClientFrames.PONG, frame.payload());
      case ClientFrames.CLOSE -> closed(frame);
      default -> {} // A pong.
    }
    return null;
  }

  private void closed(Frame frame) throws IOException {
    int code = frame.closeCode();
    closed = true;
    byte[] answer = code == ClientFrames.NO_CODE ? new byte[0] : closePayload(code, "");
    if (!closing) {
      ended.run();
      closedByClient.accept(code);
    }
    boolean unused = write(ClientFrames.CLOSE, answer);
  }

  /** Sends a text message. */
  public void send(String text) throws IOException {
    send(new SocketMessage.Text(text));
  }

  /**
   * Sends a message, in one frame; blocks while the client does not read.
   *
   * @throws EOFException if the socket is closed
   */
  public void send(SocketMessage message) throws IOException {
    boolean isOut =
        message instanceof SocketMessage.Binary binary
            ? write(ClientFrames.BINARY, binary.bytes())
            : write(
                ClientFrames.TEXT,
                ((SocketMessage.Text) message).text().getBytes(StandardCharsets.UTF_8));
    if (!isOut) {
      throw new EOFException("the socket is closed");
    }
  }

  /**
   * Sends a close frame and waits for the client's, for two seconds at most. Nothing is done if the
   * socket is closed already.
   *
   * @param reason is cut if it is too long for the frame
   */
  public void close(int code, String reason) throws IOException {
    ended.run();
    if (!connection.socket().isClosed() && write(ClientFrames.CLOSE, closePayload(code, reason))) {
      try {
        readFor(CLOSING_TIME);
      } catch (IOException broken) {
        // It was to end anyway.
      }
    }
    connection.socket().close();
  }

  /** After a broken rule nobody knows where the next frame begins. */
  private void refuse(Violation violation) throws IOException {
    ended.run();
    byte[] payload = closePayload(violation.code(), String.valueOf(violation.getMessage()));
    if (write(ClientFrames.CLOSE, payload)) {
      connection.drain(CLOSING_TIME);
    }
  }

  /** Ends the connection without a close frame. */
  public void drop() throws IOException {
    ended.run();
    connection.socket().close();
  }

  /** Ends the connection with a TCP reset. */
  public void reset() throws IOException {
    ended.run();
    connection.reset();
  }

  /** Is there no more, but leaves the connection open; returns only when the client hangs up. */
  public void stall() throws IOException {
    long unheard = connection.input().transferTo(OutputStream.nullOutputStream());
    throw new EOFException("the client hung up, " + unheard + " bytes later");
  }

  private static byte[] closePayload(int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
    byte[] payload = new byte[2 + Math.min(text.length, LONGEST_REASON)];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(text, 0, payload, 2, payload.length - 2);
    return payload;
  }

  /** Sends a frame; false if the close frame went before. */
  private boolean write(int opcode, byte[] payload) throws IOException {
    writing.lock();
    try {
      if (closing) {
        return false;
      }
      closing = opcode == ClientFrames.CLOSE;
      connection.write(head(opcode, payload.length), payload);
      return true;
    } finally {
      writing.unlock();
    }
  }

  private static byte[] head(int opcode, int length) {
    byte first = (byte) (0x80 | opcode);
    if (length < 126) {
      return new byte[] {first, (byte) length};
    }
    if (length <= 0xffff) {
      return new byte[] {first, 126, (byte) (length >> 8), (byte) length};
    }
    byte[] head = new byte[10];
    head[0] = first;
    head[1] = 127;
    for (int i = 0; i < 4; i++) {
      head[6 + i] = (byte) (length >> (24 - 8 * i));
    }
    return head;
  }
}
