package dev.fetchwell.testserver;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.Socket;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** One accepted connection, with TLS on top of the socket or without. */
final class ScriptedConnection {

  private final int number;
  private final Socket plain;
  private final Socket socket;
  private final PushbackInputStream in;
  private final OutputStream out;

  ScriptedConnection(Socket plain, int number, @Nullable SSLContext tls) throws IOException {
    this.number = number;
    this.plain = plain;
    plain.setTcpNoDelay(true);
    this.socket = tls == null ? plain : secured(plain, tls);
    this.in = new PushbackInputStream(new BufferedInputStream(socket.getInputStream()), 1);
    this.out = socket.getOutputStream();
  }

  private static Socket secured(Socket plain, SSLContext tls) throws IOException {
    SSLSocket socket =
        (SSLSocket) tls.getSocketFactory().createSocket(plain, null, plain.getPort(), true);
    socket.setUseClientMode(false);
    return socket;
  }

  int number() {
    return number;
  }

  InputStream input() {
    return in;
  }

  OutputStream output() {
    return out;
  }

  /** Runs the scripts until the connection ends, one way or the other. */
  void serve(@Nullable Script onConnect, Script onRequest, Consumer<ReceivedRequest> recorder)
      throws Exception {
    if (onConnect != null) {
      onConnect.handle(new Exchange(this, null));
    }
    RequestReader reader = new RequestReader(in, number);
    while (!plain.isClosed()) {
      ReceivedRequest request = reader.next();
      if (request == null) {
        return;
      }
      recorder.accept(request);
      onRequest.handle(new Exchange(this, request));
    }
  }

  void readTimeout(int millis) throws IOException {
    if (!plain.isClosed()) {
      socket.setSoTimeout(millis);
    }
  }

  /** Waits for the client's next byte and leaves it unread. */
  void readAhead() throws IOException {
    int next = in.read();
    if (next < 0) {
      throw new EOFException("the client hung up");
    }
    in.unread(next);
  }

  /** Reads and drops what comes until the client hangs up. */
  void readAll() throws IOException {
    in.transferTo(OutputStream.nullOutputStream());
  }

  void close() throws IOException {
    socket.close();
  }

  void reset() throws IOException {
    // Below TLS, which would still say goodbye.
    plain.setSoLinger(true, 0);
    plain.close();
  }

  void halfClose() throws IOException {
    plain.shutdownOutput();
  }
}
