package dev.fetchwell.internal.okhttp;

import java.io.IOException;
import java.io.InputStream;

/**
 * Waits for the first bytes of an answer with a buffer of its own, and keeps them for whoever reads
 * next. OkHttp takes 8 KB before it begins to wait: a third of the memory that a call of HTTP/1.1
 * needs while the server has yet to answer. Confined to the thread that has the connection.
 */
final class FirstBytes {

  /** Whether calls wait this way; {@code false} leaves all waiting to OkHttp. */
  static final boolean ENABLED =
      !"false".equals(System.getProperty("dev.fetchwell.waitInSmallBuffer"));

  /** Holds the headers of most answers, so that few need another read. */
  private static final int SIZE = 512;

  private final byte[] kept = new byte[SIZE];
  private int next;
  private int end;

  /** Of how many bytes that came the owner is told, when they come. */
  interface Arrival {

    void received(byte[] bytes, int offset, int count) throws IOException;
  }

  /** Waits until there is something, or nothing will come: then the next read tells it. */
  void await(InputStream in, Arrival arrival) throws IOException {
    if (next < end) {
      return;
    }
    int count;
    try {
      count = in.read(kept, 0, SIZE);
    } catch (IOException tellsTheNextRead) {
      return;
    }
    if (count > 0) {
      next = 0;
      end = count;
      arrival.received(kept, 0, count);
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
