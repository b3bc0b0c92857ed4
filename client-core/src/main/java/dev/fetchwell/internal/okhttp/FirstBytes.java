package dev.fetchwell.internal.okhttp;

import java.io.IOException;
import java.io.InputStream;

/**
 * Waits for the first bytes of an answer with a buffer of its own, and keeps them for whoever reads
 * next. OkHttp takes 8 KB before it begins to wait: a third of the memory that a call of HTTP/1.1
 * needs while the server has yet to answer. Confined to the thread that has the connection.
 */
final class FirstBytes {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  /** Whether calls wait this way; {@code false} leaves all waiting to OkHttp. */
  static final boolean ENABLED =
      !"false".equals(System.getProperty("dev.fetchwell.waitInSmallBuffer"));

  /** Holds the headers of most answers, so that few need another read. */
  private static final int SIZE = 512;

  private final byte[] kept = new byte[SIZE];
  private int next;
  private int end;

  /** Where the bytes come from. */
  interface Source {

    InputStream stream() throws IOException;
  }

  /**
   * Waits until there is something, or nothing will come, such as on a socket that is closed: then
   * the next read tells that.
   */
  void await(Source source, ConnectionWatch watch) {
    if (next < end) {
      return;
    }
    try {
      int count = source.stream().read(kept, 0, SIZE);
      if (count > 0) {
        watch.received(kept, 0, count);
        next = 0;
        end = count;
      }
    } catch (IOException toldByTheNextRead) {
      LOG.log(System.Logger.Level.TRACE, "while an answer was awaited", toldByTheNextRead);
    }
  }

  /** How many are kept. */
  int available() {
    return end - next;
  }

  /** Hands out what is kept, as much as fits. */
  int take(byte[] target, int offset, int length) {
    int count = Math.min(length, end - next);
    System.arraycopy(kept, next, target, offset, count);
    next += count;
    return count;
  }
}
