package dev.fetchwell.internal.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Tells a call the socket over which it asks a proxy for a tunnel. A cancel that comes when TCP is
 * connected, but the proxy not asked yet, is lost in OkHttp, and so is every later one: the thread
 * would wait for the proxy for ever. So the call closes its socket by itself.
 *
 * <p>OkHttp says which call connects, and makes the socket, right after each other on one thread.
 */
final class ConnectingSockets extends SocketFactory {

  private static final ThreadLocal<@Nullable ProxiedConnect> NEXT = new ThreadLocal<>();

  private final SocketFactory sockets;

  ConnectingSockets(SocketFactory sockets) {
    this.sockets = sockets;
  }

  /** The next socket that this thread makes is this call's. */
  static void nextIsFor(ProxiedConnect proxied) {
    NEXT.set(proxied);
  }

  @Override
  public Socket createSocket() throws IOException {
    ProxiedConnect next = NEXT.get();
    NEXT.remove();
    Socket socket = sockets.createSocket();
    if (next != null) {
      next.connectsBy(socket);
    }
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return sockets.createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return sockets.createSocket(host, port, local, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return sockets.createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return sockets.createSocket(host, port, local, localPort);
  }
}
