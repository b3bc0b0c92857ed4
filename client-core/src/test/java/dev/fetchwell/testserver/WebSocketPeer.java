package dev.fetchwell.testserver;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

/**
 * A server's side of a web socket, down to the bytes: what it writes need not be legal. Confined to
 * the connection's thread, but for what writes.
 */
public final class WebSocketPeer {

  public static final int CONTINUATION = 0;
  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;
  public static final int PONG = 10;
  public static final int FIN = 0x80;
  public static final int COMPRESSED = 0x40;

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final Exchange exchange;
  private final DataInputStream in;

  private WebSocketPeer(Exchange exchange) {
    this.exchange = exchange;
    this.in = new DataInputStream(exchange.input());
  }

  /**
   * A client's frame, unmasked.
   *
   * @param first its first byte, with the flags
   */
  @SuppressWarnings("ArrayRecordComponent") // Not compared.
  public record Frame(int first, byte[] payload) {

    public int opcode() {
      return first & 0x0f;
    }

    public String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    /** The code of a close frame. */
    public int code() {
      return (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
    }
  }

  /** Answers the handshake. */
  public static WebSocketPeer accept(Exchange exchange, String... headers) throws IOException {
    exchange.raw(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + answerTo(String.valueOf(exchange.request().header("Sec-WebSocket-Key")))
            + "\r\n"
            + String.join("", Arrays.stream(headers).map(each -> each + "\r\n").toList())
            + "\r\n");
    return new WebSocketPeer(exchange);
  }

  /** What belongs into {@code Sec-WebSocket-Accept}. */
  public static String answerTo(String key) {
    try {
      byte[] text = (key + GUID).getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends a text message in one frame. */
  public void text(String text) throws IOException {
    frame(FIN | TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends a close frame. */
  public void close(int code) throws IOException {
    frame(FIN | CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
  }

  /** Sends a frame; the first byte is flags and opcode. */
  public void frame(int first, byte[] payload) throws IOException {
    exchange.raw(bytes(first, payload.length, payload));
  }

  /** Sends bytes as they are. */
  public void raw(byte[] bytes) throws IOException {
    exchange.raw(bytes);
  }

  /** Begins a frame that announces a length of its own. */
  public void frame(int first, long length, byte[] payload) throws IOException {
    exchange.raw(bytes(first, length, payload));
  }

  private static byte[] bytes(int first, long length, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(first);
    if (length <= 125) {
      frame.write((int) length);
    } else if (length <= 0xffff) {
      frame.write(126);
      frame.write((int) (length >> 8));
      frame.write((int) length);
    } else {
      frame.write(127);
      for (int i = 7; i >= 0; i--) {
        frame.write((int) (length >> (8 * i)));
      }
    }
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  /**
   * The client's next frame.
   *
   * @throws EOFException if it hung up
   */
  public Frame next() throws IOException {
    int first = in.readUnsignedByte();
    int second = in.readUnsignedByte();
    if ((second & 0x80) == 0) {
      throw new AssertionError("a client's frame that is not masked");
    }
    long length = second & 0x7f;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    byte[] mask = new byte[4];
    in.readFully(mask);
    byte[] payload = new byte[Math.toIntExact(length)];
    in.readFully(payload);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= mask[i & 3];
    }
    return new Frame(first, payload);
  }

  /** The client's next message; pings on the way are answered. */
  public Frame nextMessage() throws IOException {
    Frame frame = next();
    while (frame.opcode() == PING) {
      frame(FIN | PONG, frame.payload());
      frame = next();
    }
    return frame;
  }

  /** Answers pings and drops messages, until the client closes, which is answered. */
  public void serve() throws IOException {
    Frame frame = nextMessage();
    while (frame.opcode() != CLOSE) {
      frame = nextMessage();
    }
    frame(FIN | CLOSE, frame.payload());
    exchange.close();
  }

  /** Sends each message back, until the client closes, which is answered. */
  public void echo() throws IOException {
    Frame frame = nextMessage();
    while (frame.opcode() != CLOSE) {
      if (frame.opcode() == TEXT || frame.opcode() == BINARY) {
        frame(frame.first(), frame.payload());
      }
      frame = nextMessage();
    }
    frame(FIN | CLOSE, frame.payload());
    exchange.close();
  }
}
