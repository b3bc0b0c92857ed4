package dev.fetchwell.internal.okhttp;

import java.net.Socket;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The sockets to servers that calls of this library opened for one pool. OkHttp's own count leaves
 * out those that are still connecting or shaking hands, and keeps for a while those of HTTP/2 that
 * the server has closed. Thread-safe.
 */
final class OpenSockets {

  private final AtomicInteger opening = new AtomicInteger();

  /** Those that were opened, as long as anybody else knows them. */
  private final Map<Socket, Boolean> opened = Collections.synchronizedMap(new WeakHashMap<>());

  OpenSockets() {}

  void opening() {
    opening.incrementAndGet();
  }

  /** What was being opened is an open socket, or nothing. */
  void notOpening() {
    opening.decrementAndGet();
  }

  void opened(Socket socket) {
    opened.put(socket, true);
  }

  /** How many are open, or being opened. */
  int count() {
    synchronized (opened) {
      opened.keySet().removeIf(Socket::isClosed);
      return opened.size() + opening.get();
    }
  }
}
