package dev.fetchwell.testserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** Addresses on loopback at which no connection comes about. */
public final class DeadEnds {

  private DeadEnds() {}

  /** A port that refuses every connection, and that nobody else can take, while this JVM lives. */
  public static int refusedPort() {
    return Refused.PORT;
  }

  /** A listener with a full backlog: connecting to it hangs until the client gives up. */
  public static NeverAccepts neverAccepts() {
    return new NeverAccepts();
  }

  private static final class Refused {

    // Bound but not listening: unlike a port that was closed again, it cannot become another's.
    private static final Socket SOCKET = bound();
    private static final int PORT = SOCKET.getLocalPort();

    private static Socket bound() {
      try {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return socket;
      } catch (IOException e) {
        throw new UncheckedIOException("no free loopback port", e);
      }
    }
  }

  /** Holds the listener and the connections that fill its backlog. */
  public static final class NeverAccepts implements AutoCloseable {

    private static final int ENOUGH = 200;
    private static final int HANGS_MILLIS = 300;

    private final ServerSocket listener;
    private final List<Socket> fillers = new ArrayList<>();

    private NeverAccepts() {
      try {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        fill();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot fill a backlog", e);
      }
    }

    public int port() {
      return listener.getLocalPort();
    }

    public String url(String path) {
      return "http://127.0.0.1:" + port() + path;
    }

    @Override
    public void close() {
      try {
        for (Socket filler : fillers) {
          filler.close();
        }
        listener.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void fill() throws IOException {
      for (int i = 0; i < ENOUGH; i++) {
        Socket socket = new Socket();
        try {
          socket.connect(listener.getLocalSocketAddress(), HANGS_MILLIS);
          fillers.add(socket);
        } catch (SocketTimeoutException full) {
          socket.close();
          return;
        }
      }
      throw new IOException("backlog still open after " + ENOUGH + " connections");
    }
  }
}
