package dev.fetchwell.internal.okhttp;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Sockets whose first answer may be long in coming, see {@link ExpectContinue}. */
final class PatientSockets {

  private PatientSockets() {}

  /** Another factory's sockets; OkHttp uses none of the other methods. */
  static SocketFactory plain(SocketFactory sockets) {
    return new SocketFactory() {

      @Override
      public Socket createSocket() throws IOException {
        return new Plain(sockets.createSocket());
      }

      @Override
      public Socket createSocket(String host, int port) throws IOException {
        return new Plain(sockets.createSocket(host, port));
      }

      @Override
      public Socket createSocket(String host, int port, InetAddress local, int localPort)
          throws IOException {
        return new Plain(sockets.createSocket(host, port, local, localPort));
      }

      @Override
      public Socket createSocket(InetAddress host, int port) throws IOException {
        return new Plain(sockets.createSocket(host, port));
      }

      @Override
      public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
          throws IOException {
        return new Plain(sockets.createSocket(host, port, local, localPort));
      }
    };
  }

  /** Another factory's sockets around those that are connected. */
  static SSLSocketFactory secure(SSLSocketFactory sockets) {
    return new ForwardingSslSockets(sockets) {

      @Override
      Socket made(Socket socket) throws SocketException {
        return socket instanceof SSLSocket secure ? new Secure(secure) : new Plain(socket);
      }
    };
  }

  private static final class Plain extends ForwardingSocket {

    private Plain(Socket socket) throws SocketException {
      super(socket);
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new ExpectContinue.PatientInput(super.getInputStream(), this);
    }
  }

  private static final class Secure extends ForwardingSslSocket {

    private Secure(SSLSocket socket) {
      super(socket);
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new ExpectContinue.PatientInput(super.getInputStream(), this);
    }
  }
}
