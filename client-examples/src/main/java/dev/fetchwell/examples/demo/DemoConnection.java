package dev.fetchwell.examples.demo;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** One client's connection: reads its requests one after another and hands each to its route. */
final class DemoConnection {

  private final Socket socket;
  private final Routes routes;
  private final Statistics statistics;
  private final PushbackInputStream in;
  private final OutputStream out;

  DemoConnection(Socket socket, Routes routes, Statistics statistics) throws IOException {
    this.socket = socket;
    this.routes = routes;
    this.statistics = statistics;
    // Without this an answer can wait 40 ms for the acknowledgement of the one before.
    socket.setTcpNoDelay(true);
    this.in = new PushbackInputStream(new BufferedInputStream(socket.getInputStream()), 1);
    this.out = new BufferedOutputStream(socket.getOutputStream());
  }

  Socket socket() {
    return socket;
  }

  OutputStream output() {
    return out;
  }

  InputStream input() {
    return in;
  }

  /** A web socket in place of further requests. */
  DemoSocket webSocket(String path, Runnable ended) {
    return new DemoSocket(this, ended, code -> statistics.closed(path, code));
  }

  /** Serves until the client goes away or a route closes the socket. */
  void serve() throws IOException {
    RequestReader reader = new RequestReader(in);
    for (DemoRequest r = reader.next(); r != null && !socket.isClosed(); r = reader.next()) {
      answer(r);
      if (socket.isClosed() || "close".equalsIgnoreCase(r.header("Connection"))) {
        return;
      }
    }
  }

  private void answer(DemoRequest request) throws IOException {
    String path = request.path();
    AtomicBoolean ended = new AtomicBoolean();
    Runnable end =
        () -> {
          if (!ended.getAndSet(true)) {
            statistics.end(path, false);
          }
        };
    statistics.begin(path);
    try {
      dispatch(request, end);
    } finally {
      // A reset is an answer of its own kind; everything else that never ended was given up by the
      // client.
      if (!ended.getAndSet(true)) {
        statistics.end(path, !socket.isClosed());
      }
    }
  }

  private void dispatch(DemoRequest request, Runnable beforeLastByte) throws IOException {
    Routes.Match match = routes.find(request.path());
    if (match == null) {
      missing(request, beforeLastByte);
      return;
    }
    DemoExchange exchange = new DemoExchange(request, match.variables(), this, beforeLastByte);
    try {
      match.route().handle(exchange);
    } catch (IllegalArgumentException e) {
      exchange.error(400, String.valueOf(e.getMessage()));
    }
  }

  private void missing(DemoRequest request, Runnable beforeLastByte) throws IOException {
    new DemoExchange(request, Map.of(), this, beforeLastByte)
        .error(404, "nothing at " + request.path());
  }

  /**
   * Waits for the client's next byte and leaves it unread; false if none has come by then.
   *
   * @throws EOFException if the client hung up
   */
  boolean hasInput(Duration atMost) throws IOException {
    socket.setSoTimeout((int) Math.max(1, Math.min(atMost.toMillis(), Integer.MAX_VALUE)));
    try {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the client hung up");
      }
      in.unread(next);
      return true;
    } catch (SocketTimeoutException silent) {
      return false;
    } finally {
      socket.setSoTimeout(0);
    }
  }

  /** Ends our half and drops what still comes: closing would reset what the client has to read. */
  void drain(Duration atMost) throws IOException {
    socket.shutdownOutput();
    long end = System.nanoTime() + atMost.toNanos();
    long left = atMost.toNanos();
    while (left > 0 && hasInput(Duration.ofNanos(left))) {
      long unused = in.skip(Math.max(1, in.available()));
      left = end - System.nanoTime();
    }
  }

  /** Ends the connection with a TCP reset. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Sends everything in one packet where it fits. */
  void write(byte[]... parts) throws IOException {
    for (byte[] part : parts) {
      out.write(part);
    }
    out.flush();
  }
}
