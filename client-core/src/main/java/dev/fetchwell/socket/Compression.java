package dev.fetchwell.socket;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The extension {@code permessage-deflate} (<a href="https://www.rfc-editor.org/rfc/rfc7692">RFC
 * 7692</a>) of one connection. What comes is inflated piece by piece and never beyond the limit;
 * what goes is compressed without memory of earlier messages, so that an idle socket keeps none.
 * One thread may inflate while another deflates.
 */
final class Compression {

  /** Smaller messages fit into a packet as they are. */
  private static final int WORTH_IT = 1024;

  private static final int CHUNK = 8 * 1024;

  /** What a sender leaves out at the end of each message. */
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

  private final boolean forgets;
  private @Nullable Inflater inflater;

  /**
   * Begins.
   *
   * @param forgets whether the server compresses each message by itself
   */
  Compression(boolean forgets) {
    this.forgets = forgets;
  }

  /** Adds what a piece of a compressed message inflates to. */
  void inflate(byte[] piece, int count, Bytes target) throws Violation {
    Inflater known = inflater;
    if (known == null) {
      known = new Inflater(true);
      inflater = known;
    }
    known.setInput(piece, 0, count);
    byte[] chunk = new byte[CHUNK];
    try {
      while (true) {
        int inflated = known.inflate(chunk);
        if (inflated > 0) {
          target.add(chunk, inflated);
          continue;
        }
        int left = known.finished() ? known.getRemaining() : 0;
        if (known.finished()) {
          // A sender may end its stream within a message, and begin another.
          known.reset();
        }
        if (left == 0) {
          return;
        }
        known.setInput(piece, count - left, left);
      }
    } catch (DataFormatException notDeflate) {
      throw new Violation(CloseCodes.INVALID_DATA, "a message that cannot be inflated");
    }
  }

  /** Ends a compressed message. */
  void endMessage(Bytes target) throws Violation {
    inflate(TAIL, TAIL.length, target);
    Inflater known = inflater;
    if (forgets && known != null) {
      known.reset();
    }
  }

  /** The compressed message; null if it is better sent as it is. */
  static byte @Nullable [] deflate(byte[] message) {
    if (message.length < WORTH_IT) {
      return null;
    }
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try {
      deflater.setInput(message);
      ByteArrayOutputStream compressed = new ByteArrayOutputStream(message.length / 2);
      byte[] chunk = new byte[CHUNK];
      int count;
      do {
        count = deflater.deflate(chunk, 0, CHUNK, Deflater.SYNC_FLUSH);
        compressed.write(chunk, 0, count);
        if (compressed.size() >= message.length) {
          return null;
        }
      } while (count == CHUNK);
      byte[] whole = compressed.toByteArray();
      return Arrays.copyOf(whole, whole.length - TAIL.length);
    } finally {
      deflater.end();
    }
  }

  /** Gives back what the inflater holds outside of the heap; by the thread that inflates. */
  void end() {
    if (inflater != null) {
      inflater.end();
    }
  }
}
