package dev.fetchwell.internal.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A caller's sockets, which may connect to somewhere else than they are told: where to shows only
 * when they have. Nothing has been written by then, not even a greeting of TLS.
 */
final class GuardedSockets extends SocketFactory {

  private final SocketFactory sockets;
  private final AddressChecks checks;

  GuardedSockets(SocketFactory sockets, AddressChecks checks) {
    this.sockets = sockets;
    this.checks = checks;
  }

  @Override
  public Socket createSocket() throws IOException {
    return new GuardedSocket(sockets.createSocket());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return unconnectedOnly();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return unconnectedOnly();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return unconnectedOnly();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return unconnectedOnly();
  }

  private static Socket unconnectedOnly() throws IOException {
    throw new SocketException("sockets are judged when they connect, so they are made before that");
  }

  private final class GuardedSocket extends ForwardingSocket {

    private GuardedSocket(Socket delegate) throws SocketException {
      super(delegate);
    }

    @Override
    public void connect(SocketAddress asked, int timeoutMillis) throws IOException {
      super.connect(asked, timeoutMillis);
      @Nullable InetAddress to =
          asked instanceof InetSocketAddress internet ? internet.getAddress() : null;
      checks.connected(to, getInetAddress());
    }
  }
}
