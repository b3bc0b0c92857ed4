package dev.fetchwell.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/** Connects to one loopback port for one address, and to another port for all the others. */
final class ReroutingSockets extends SocketFactory {

  private final String address;
  private final int port;
  private final int otherPort;

  ReroutingSockets(String address, int port, int otherPort) {
    this.address = address;
    this.port = port;
    this.otherPort = otherPort;
  }

  @Override
  public Socket createSocket() {
    return new Socket() {

      @Override
      public void connect(SocketAddress target, int timeout) throws IOException {
        boolean matches =
            ((InetSocketAddress) target).getAddress().getHostAddress().equals(address);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        super.connect(new InetSocketAddress(loopback, matches ? port : otherPort), timeout);
      }
    };
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }
}
