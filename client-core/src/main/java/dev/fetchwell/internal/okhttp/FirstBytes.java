package dev.fetchwell.internal.okhttp;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the first bytes of an answer of HTTP/1.1 with a buffer of its own, and keeps them for
 * whoever reads next. OkHttp takes 8 KB before it begins to wait: a third of the memory that a call
 * needs while the server has yet to answer. Confined to the thread that has the connection.
 */
final class FirstBytes {

  /** Whether calls wait this way; {@code false} leaves all waiting to OkHttp. */
  static final boolean ENABLED =
      !"false".equals(System.getProperty("dev.fetchwell.waitInSmallBuffer"));

  /** Holds the headers of most answers, so that few need another read. */
  private static final int SIZE = 512;

  /** Made when it is first needed: a connection of HTTP/2 never does. */
  private byte @Nullable [] kept;

  private int next;
  private int end;
  private @Nullable IOException failure;
  private boolean expected;

  /** A socket whose next flush may be the end of a request. */
  interface Awaiting {

    /**
     * A request of HTTP/1.1 ends with the next flush, and nothing comes after it before its answer:
     * that flush waits for it.
     */
    void awaitsAnswer();
  }

  /** The next flush is followed by an answer. */
  void expect() {
    expected = ENABLED;
  }

  /**
   * After a flush: waits, if an answer follows it, until there is something. If nothing will come,
   * such as on a socket that is closed, the next read tells that.
   */
  void awaitFrom(InputStream in) {
    if (!expected) {
      return;
    }
    expected = false;
    if (next == end && failure == null) {
      read(in);
    }
  }

  private void read(InputStream in) {
    byte[] buffer = kept;
    if (buffer == null) {
      buffer = new byte[SIZE];
      kept = buffer;
    }
    next = 0;
    end = 0;
    try {
      end = Math.max(0, in.read(buffer, 0, SIZE));
    } catch (IOException thrown) {
      // Told only once: asked again, TLS would say no more than that it is closed.
      failure = thrown;
    }
  }

  /** What is kept, and then what the stream has. */
  InputStream before(InputStream in) {
    return new InputStream() {

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        if (next < end && length > 0) {
          return take(target, offset, length);
        }
        tellFailure();
        return in.read(target, offset, length);
      }

      @Override
      public int available() throws IOException {
        return end - next + in.available();
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  private int take(byte[] target, int offset, int length) {
    int count = Math.min(length, end - next);
    System.arraycopy(kept, next, target, offset, count);
    next += count;
    return count;
  }

  private void tellFailure() throws IOException {
    IOException thrown = failure;
    if (thrown != null) {
      failure = null;
      throw thrown;
    }
  }
}
