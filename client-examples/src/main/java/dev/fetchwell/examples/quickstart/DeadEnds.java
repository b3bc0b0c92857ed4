package dev.fetchwell.examples.quickstart;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Loopback ports at which no HTTP is spoken. */
final class DeadEnds implements AutoCloseable {

  private final Socket unheard = new Socket();
  private final ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ServerSocket plain = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

  DeadEnds() throws IOException {
    // Bound but not listening: unlike a closed port it cannot become somebody else's meanwhile.
    unheard.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread answering = new Thread(this::answerInPlainText, "dead-ends");
    answering.setDaemon(true);
    answering.start();
  }

  /** Nobody listens: connections are refused. */
  String refused() {
    return "http://127.0.0.1:" + unheard.getLocalPort() + "/";
  }

  /** The system takes connections, but nobody says a word: a TLS handshake never ends. */
  String silentTls() {
    return "https://127.0.0.1:" + silent.getLocalPort() + "/";
  }

  /** Speaks plain HTTP where TLS is asked for. */
  String tlsWithoutTls() {
    return "https://127.0.0.1:" + plain.getLocalPort() + "/";
  }

  private void answerInPlainText() {
    while (!plain.isClosed()) {
      try (Socket socket = plain.accept()) {
        socket.getInputStream().read();
        byte[] answer = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        socket.getOutputStream().write(answer);
        socket.shutdownOutput();
        // Closing with unread bytes would be a reset, which could overtake the answer.
        socket.getInputStream().readAllBytes();
      } catch (IOException e) {
        // The client hung up, or this was closed: the loop's condition decides.
      }
    }
  }

  @Override
  public void close() throws IOException {
    unheard.close();
    silent.close();
    plain.close();
  }
}
