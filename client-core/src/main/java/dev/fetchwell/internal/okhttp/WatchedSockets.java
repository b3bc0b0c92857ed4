package dev.fetchwell.internal.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/** Another factory's sockets, each with a {@link ConnectionWatch}. */
final class WatchedSockets extends SocketFactory {

  private final SocketFactory delegate;

  WatchedSockets(SocketFactory delegate) {
    this.delegate = delegate;
  }

  @Override
  public Socket createSocket() throws IOException {
    return new WatchedSocket(delegate.createSocket());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return new WatchedSocket(delegate.createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return new WatchedSocket(delegate.createSocket(host, port, local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return new WatchedSocket(delegate.createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return new WatchedSocket(delegate.createSocket(host, port, local, localPort));
  }
}
