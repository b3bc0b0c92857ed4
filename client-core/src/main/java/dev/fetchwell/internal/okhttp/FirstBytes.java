package dev.fetchwell.internal.okhttp;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the first bytes of an answer of HTTP/1.1 with a buffer of its own, and keeps them for
 * whoever reads next. OkHttp takes 8 KB before it begins to wait: a third of the memory that a call
 * needs while the server has yet to answer. Confined to the thread that has the connection.
 */
final class FirstBytes {

  /** Set to {@code false} it leaves all waiting to OkHttp, on connections opened from then on. */
  static final String SWITCH = "dev.fetchwell.waitInSmallBuffer";

  /** Holds the headers of most answers, so that few need another read. */
  private static final int SIZE = 512;

  private final boolean enabled = isEnabled();

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

  /** Whether calls wait this way. */
  static boolean isEnabled() {
    return !"false".equals(System.getProperty(SWITCH));
  }

  /** The next flush is followed by an answer. */
  void expect() {
    expected = enabled;
  }

  /**
   * What is written, by arrays, to a stream; the flush that an answer follows waits until there is
   * something of it. If nothing will come, such as on a socket that is closed, the next read tells
   * that.
   */
  OutputStream after(OutputStream requests, InputStream answers) {
    return new FilterOutputStream(requests) {

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }

      @Override
      public void flush() throws IOException {
        out.flush();
        awaitFrom(answers);
      }

      @Override
      public void close() throws IOException {
        out.close();
      }
    };
  }

  private void awaitFrom(InputStream in) {
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
