package dev.fetchwell.socket;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a server's frames, by <a href="https://www.rfc-editor.org/rfc/rfc6455#section-5">RFC 6455,
 * section 5</a>. No message takes more memory than the limit, whatever length is announced and
 * whatever it inflates to. Confined to the thread that reads, but for what is volatile.
 */
final class FrameReader {

  private static final int CONTINUATION = 0;
  private static final int FIN = 0x80;
  private static final int COMPRESSED = 0x40;
  private static final int OTHER_RESERVED = 0x30;
  private static final int OPCODE = 0x0f;
  private static final int CONTROL = 0x08;
  private static final int MASKED = 0x80;
  private static final int LONGEST_CONTROL = 125;
  private static final int LENGTH_IN_2 = 126;
  private static final int LENGTH_IN_8 = 127;
  private static final int CHUNK = 8 * 1024;

  private final InputStream in;
  private final int maxMessageBytes;
  private final @Nullable Compression compression;
  private final Bytes message;
  private final byte[] head = new byte[8];

  /** The opcode of the message that is under way, or zero. */
  private int underWay;

  private boolean isCompressed;

  /** What a compressed message took on the wire. */
  private long compressedBytes;

  private volatile long received;
  private volatile boolean midFrame;

  FrameReader(InputStream in, int maxMessageBytes, @Nullable Compression compression) {
    this.in = in;
    this.maxMessageBytes = maxMessageBytes;
    this.compression = compression;
    this.message = new Bytes(maxMessageBytes);
  }

  long received() {
    return received;
  }

  boolean isMidFrame() {
    return midFrame;
  }

  /** Reads a frame and tells what it completes; false after the close frame. */
  boolean next(Link.Events events) throws IOException {
    readHead(1);
    midFrame = true;
    int first = head[0] & 0xff;
    readHead(1);
    int second = head[0] & 0xff;
    if ((second & MASKED) != 0 || (first & OTHER_RESERVED) != 0) {
      throw new Violation(CloseCodes.PROTOCOL_ERROR, "a frame that is masked or of an extension");
    }
    long length = length(second & 0x7f);
    int opcode = first & OPCODE;
    boolean isLast = (first & FIN) != 0;
    boolean goesOn;
    if ((opcode & CONTROL) != 0) {
      goesOn = control(opcode, isLast && (first & COMPRESSED) == 0, length, events);
    } else {
      piece(opcode, (first & COMPRESSED) != 0, length);
      goesOn = true;
      if (isLast) {
        tell(events);
      }
    }
    midFrame = false;
    return goesOn;
  }

  private long length(int shortLength) throws IOException {
    int octets = shortLength == LENGTH_IN_2 ? 2 : shortLength == LENGTH_IN_8 ? 8 : 0;
    if (octets == 0) {
      return shortLength;
    }
    readHead(octets);
    long length = 0;
    for (int i = 0; i < octets; i++) {
      length = length << 8 | (head[i] & 0xff);
    }
    if (length < 0) {
      throw new Violation(CloseCodes.PROTOCOL_ERROR, "a frame of negative length");
    }
    return length;
  }

  private boolean control(int opcode, boolean isWhole, long length, Link.Events events)
      throws IOException {
    if (!isWhole || length > LONGEST_CONTROL) {
      throw new Violation(CloseCodes.PROTOCOL_ERROR, "a control frame in pieces, or too long");
    }
    byte[] payload = new byte[(int) length];
    readFully(payload, payload.length);
    switch (opcode) {
      case Link.Frame.PING -> events.ping(payload);
      case Link.Frame.PONG -> events.pong();
      case Link.Frame.CLOSE -> {
        close(payload, events);
        return false;
      }
      default -> throw unknown();
    }
    return true;
  }

  private static void close(byte[] payload, Link.Events events) throws Violation {
    if (payload.length == 0) {
      events.closed(CloseCodes.NONE, "");
      return;
    }
    int code = payload.length < 2 ? 0 : (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
    if (!CloseCodes.isSendable(code)) {
      throw new Violation(CloseCodes.PROTOCOL_ERROR, "a close frame without a legal code");
    }
    events.closed(code, text(payload, 2, payload.length));
  }

  private static Violation unknown() {
    return new Violation(CloseCodes.PROTOCOL_ERROR, "a frame of unknown kind");
  }

  private void piece(int opcode, boolean compressed, long length) throws IOException {
    if (opcode == CONTINUATION) {
      if (underWay == 0 || compressed) {
        throw new Violation(CloseCodes.PROTOCOL_ERROR, "a continuation of nothing");
      }
    } else if (opcode != Link.Frame.TEXT && opcode != Link.Frame.BINARY) {
      throw unknown();
    } else if (underWay != 0 || (compressed && compression == null)) {
      throw new Violation(CloseCodes.PROTOCOL_ERROR, "a message within another, or compressed");
    } else {
      underWay = opcode;
      isCompressed = compressed;
      compressedBytes = 0;
    }
    Compression inflating = isCompressed ? compression : null;
    if (inflating == null) {
      readPlain(length);
    } else {
      readCompressed(length, inflating);
    }
  }

  private void readPlain(long length) throws IOException {
    if (length > maxMessageBytes - message.length()) {
      throw tooLong();
    }
    byte[] chunk = new byte[(int) Math.min(CHUNK, length)];
    long left = length;
    while (left > 0) {
      int count = (int) Math.min(chunk.length, left);
      readFully(chunk, count);
      message.add(chunk, count);
      left -= count;
    }
  }

  private void readCompressed(long length, Compression inflating) throws IOException {
    compressedBytes += length;
    // What does not compress grows by a few bytes in 16 KiB, and one sender's blocks are small.
    if (compressedBytes < 0 || compressedBytes > maxMessageBytes + maxMessageBytes / 8L + CHUNK) {
      throw tooLong();
    }
    byte[] chunk = new byte[(int) Math.min(CHUNK, length)];
    long left = length;
    while (left > 0) {
      int count = (int) Math.min(chunk.length, left);
      readFully(chunk, count);
      inflating.inflate(chunk, count, message);
      left -= count;
    }
  }

  private Violation tooLong() {
    return new Violation(CloseCodes.TOO_BIG, "a message over " + maxMessageBytes + " bytes");
  }

  private void tell(Link.Events events) throws Violation {
    Compression inflating = isCompressed ? compression : null;
    if (inflating != null) {
      inflating.endMessage(message);
    }
    boolean isText = underWay == Link.Frame.TEXT;
    underWay = 0;
    isCompressed = false;
    int length = message.length();
    SocketMessage whole =
        isText
            ? new SocketMessage.Text(text(message.array(), 0, length))
            : new SocketMessage.Binary(message.take());
    byte[] unused = message.take();
    // While a handler is slow, no frame is under way.
    midFrame = false;
    events.message(whole, length);
  }

  private static String text(byte[] bytes, int from, int to) throws Violation {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, to - from))
          .toString();
    } catch (CharacterCodingException malformed) {
      throw new Violation(CloseCodes.INVALID_DATA, "text that is not UTF-8");
    }
  }

  private void readHead(int count) throws IOException {
    readFully(head, count);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // By the one thread that reads.
  private void readFully(byte[] target, int count) throws IOException {
    int done = 0;
    while (done < count) {
      int more = in.read(target, done, count - done);
      if (more < 0) {
        throw new EOFException("the connection ended without a close frame");
      }
      done += more;
      received += more;
    }
  }
}
