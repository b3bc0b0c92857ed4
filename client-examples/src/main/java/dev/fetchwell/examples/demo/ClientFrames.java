package dev.fetchwell.examples.demo;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads a client's frames, by <a href="https://www.rfc-editor.org/rfc/rfc6455#section-5">RFC 6455,
 * section 5</a>, and puts the pieces of a message together. Confined to the thread that reads.
 */
final class ClientFrames {

  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  static final int PROTOCOL_ERROR = 1002;
  static final int NO_CODE = 1005;
  private static final int INVALID_DATA = 1007;
  private static final int TOO_BIG = 1009;

  private static final int MAX_MESSAGE_BYTES = 1 << 20;
  private static final int LONGEST_CONTROL = 125;

  private final InputStream in;
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();

  /** The opcode of the message whose first pieces are here, or zero. */
  private int underWay;

  ClientFrames(InputStream in) {
    this.in = in;
  }

  /** A whole message or a control frame, without its mask. */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
  record Frame(int opcode, byte[] payload) {

    String text() throws Violation {
      return utf8(payload, 0);
    }

    /** The code of a close frame; 1005 if it has none. */
    int closeCode() throws Violation {
      if (payload.length == 0) {
        return NO_CODE;
      }
      int code = payload.length == 1 ? 0 : (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
      boolean isLegal =
          (code >= 1000 && code <= 1014 && code != 1004 && code != NO_CODE && code != 1006)
              || (code >= 3000 && code <= 4999);
      if (!isLegal) {
        throw new Violation(PROTOCOL_ERROR, "a close frame without a legal code");
      }
      utf8(payload, 2);
      return code;
    }
  }

  /** The client broke a rule; the code is what the connection is closed with. */
  static final class Violation extends IOException {
    private static final long serialVersionUID = 1L;

    private final int code;

    Violation(int code, String what) {
      super(what);
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /**
   * Waits for the next message or control frame; control frames come between a message's pieces.
   */
  Frame next() throws IOException {
    while (true) {
      int first = octet();
      int second = octet();
      if ((first & 0x70) != 0 || (second & 0x80) == 0) {
        throw new Violation(PROTOCOL_ERROR, "a frame without a mask, or of an extension");
      }
      boolean isLast = (first & 0x80) != 0;
      int opcode = first & 0x0f;
      long length = length(second & 0x7f);
      if (opcode >= CLOSE) {
        return control(opcode, isLast, length);
      }
      begin(opcode);
      piece(length);
      if (isLast) {
        return whole();
      }
    }
  }

  private Frame control(int opcode, boolean isLast, long length) throws IOException {
    if (opcode > PONG || !isLast || length > LONGEST_CONTROL) {
      throw new Violation(PROTOCOL_ERROR, "a control frame in pieces, too long, or unknown");
    }
    return new Frame(opcode, payload((int) length));
  }

  private void begin(int opcode) throws Violation {
    boolean isContinuation = opcode == 0;
    if (opcode > BINARY || isContinuation != (underWay != 0)) {
      throw new Violation(PROTOCOL_ERROR, "a piece of no message, or of another one, or unknown");
    }
    if (!isContinuation) {
      underWay = opcode;
    }
  }

  private void piece(long length) throws IOException {
    if (length < 0 || length > MAX_MESSAGE_BYTES - message.size()) {
      throw new Violation(TOO_BIG, "a message over " + MAX_MESSAGE_BYTES + " bytes");
    }
    message.writeBytes(payload((int) length));
  }

  private Frame whole() {
    Frame whole = new Frame(underWay, message.toByteArray());
    underWay = 0;
    message.reset();
    return whole;
  }

  private long length(int inSevenBits) throws IOException {
    int octets = inSevenBits == 126 ? 2 : inSevenBits == 127 ? 8 : 0;
    long length = octets == 0 ? inSevenBits : 0;
    for (int i = 0; i < octets; i++) {
      length = length << 8 | octet();
    }
    return length;
  }

  private byte[] payload(int length) throws IOException {
    byte[] mask = exactly(4);
    byte[] payload = exactly(length);
    for (int i = 0; i < length; i++) {
      payload[i] ^= mask[i & 3];
    }
    return payload;
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw hungUp();
    }
    return bytes;
  }

  private int octet() throws IOException {
    int octet = in.read();
    if (octet < 0) {
      throw hungUp();
    }
    return octet;
  }

  private static EOFException hungUp() {
    return new EOFException("the client hung up without a close frame");
  }

  private static String utf8(byte[] bytes, int from) throws Violation {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, bytes.length - from))
          .toString();
    } catch (CharacterCodingException malformed) {
      throw new Violation(INVALID_DATA, "text that is not UTF-8");
    }
  }
}
