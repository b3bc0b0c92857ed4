package dev.fetchwell.socket;

import java.io.IOException;
import java.io.OutputStream;
import java.util.random.RandomGenerator;

/**
 * Writes a client's frames: whole messages, masked. One thread at a time.
 *
 * <p>Why masked, and why with random numbers that nobody can foresee: <a
 * href="https://www.rfc-editor.org/rfc/rfc6455#section-10.3">RFC 6455, section 10.3</a>.
 */
final class FrameWriter {

  private static final int FIN = 0x80;
  private static final int COMPRESSED = 0x40;
  private static final int MASKED = 0x80;
  private static final int LONGEST_SHORT = 125;
  private static final int LONGEST_IN_2 = 0xffff;
  private static final int CHUNK = 8 * 1024;

  private final OutputStream out;
  private final RandomGenerator random;
  private final boolean compresses;
  private volatile long written;
  private volatile boolean midFrame;

  FrameWriter(OutputStream out, RandomGenerator random, boolean compresses) {
    this.out = out;
    this.random = random;
    this.compresses = compresses;
  }

  long written() {
    return written;
  }

  boolean isMidFrame() {
    return midFrame;
  }

  void write(Link.Frame frame) throws IOException {
    boolean isMessage = frame.opcode() < Link.Frame.CLOSE;
    byte[] smaller = compresses && isMessage ? Compression.deflate(frame.payload()) : null;
    byte[] payload = smaller == null ? frame.payload() : smaller;
    byte[] mask = new byte[4];
    random.nextBytes(mask);
    midFrame = true;
    try {
      writeHead(FIN | (smaller == null ? 0 : COMPRESSED) | frame.opcode(), payload.length, mask);
      byte[] chunk = new byte[Math.min(CHUNK, payload.length)];
      int done = 0;
      while (done < payload.length) {
        int count = Math.min(chunk.length, payload.length - done);
        for (int i = 0; i < count; i++) {
          chunk[i] = (byte) (payload[done + i] ^ mask[(done + i) & 3]);
        }
        out.write(chunk, 0, count);
        moved(count);
        done += count;
      }
      out.flush();
    } finally {
      midFrame = false;
    }
  }

  private void writeHead(int first, int length, byte[] mask) throws IOException {
    byte[] head = new byte[14];
    int size = 2;
    head[0] = (byte) first;
    if (length <= LONGEST_SHORT) {
      head[1] = (byte) (MASKED | length);
    } else if (length <= LONGEST_IN_2) {
      head[1] = (byte) (MASKED | 126);
      head[2] = (byte) (length >> 8);
      head[3] = (byte) length;
      size = 4;
    } else {
      head[1] = (byte) (MASKED | 127);
      for (int i = 0; i < 4; i++) {
        head[6 + i] = (byte) (length >> (8 * (3 - i)));
      }
      size = 10;
    }
    System.arraycopy(mask, 0, head, size, mask.length);
    out.write(head, 0, size + mask.length);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // By the one thread that writes.
  private void moved(int bytes) {
    written += bytes;
  }
}
