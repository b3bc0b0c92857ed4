package dev.fetchwell.testserver;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A listener on loopback whose connections belong to the test, byte for byte; for what a {@link
 * ScriptedServer}, which reads a whole request first, cannot do. Little fits in between it and its
 * client: what it does not read, the client soon cannot send.
 */
public final class RawServer implements AutoCloseable {

  private static final int SMALL = 8 * 1024;

  private final ServerSocket listener;
  private final Acceptor acceptor;
  private final boolean isTls;

  /** What happens on a connection; when it returns or throws, the connection is closed. */
  @FunctionalInterface
  public interface Talk {

    void with(Peer peer) throws Exception;
  }

  private RawServer(@Nullable SSLContext tls, Talk talk) {
    isTls = tls != null;
    try {
      listener =
          tls == null ? new ServerSocket() : tls.getServerSocketFactory().createServerSocket();
      listener.setReceiveBufferSize(SMALL);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    } catch (IOException e) {
      throw new UncheckedIOException("no free loopback port", e);
    }
    acceptor = Acceptor.start(listener, socket -> talk.with(new Peer(socket)));
  }

  /** Talks with each connection on a thread of its own. */
  public static RawServer start(Talk talk) {
    return new RawServer(null, talk);
  }

  /** As above with TLS; see {@link TestCertificates}. */
  public static RawServer startTls(SSLContext tls, Talk talk) {
    return new RawServer(tls, talk);
  }

  public int port() {
    return listener.getLocalPort();
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port());
  }

  public String url(String path) {
    return (isTls ? "https" : "http") + "://127.0.0.1:" + port() + path;
  }

  public int acceptedConnections() {
    return acceptor.accepted();
  }

  /** Connections that neither side has closed, as far as the talk can know. */
  public int openConnections() {
    return acceptor.open();
  }

  @Override
  public void close() throws IOException {
    acceptor.close();
  }

  /** One connection, for the thread of its talk. */
  public static final class Peer {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private Peer(Socket socket) throws IOException {
      this.socket = socket;
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    public Socket socket() {
      return socket;
    }

    public InputStream in() {
      return in;
    }

    public OutputStream out() {
      return out;
    }

    /** Reads up to the empty line, and no further. */
    public String head() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          throw new EOFException("the client hung up");
        }
        head.append((char) next);
      }
      return head.toString();
    }

    public byte[] read(int bytes) throws IOException {
      byte[] read = in.readNBytes(bytes);
      if (read.length < bytes) {
        throw new EOFException("the client hung up");
      }
      return read;
    }

    /** Writes the text as it is. */
    public void write(String text) throws IOException {
      write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public void write(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** Answers with a text and its length. */
    public void respond(int status, String text) throws IOException {
      write("HTTP/1.1 " + status + " Raw\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
    }

    public void pause(Duration duration) throws InterruptedException {
      Thread.sleep(duration.toMillis());
    }

    /** Reads whatever comes, until the client hangs up. */
    public void stall() throws IOException {
      in.transferTo(OutputStream.nullOutputStream());
    }

    /**
     * Does not even read, until the client or the test closes the connection, or a minute is up.
     */
    public void ignore() throws Exception {
      for (int i = 0; i < 6_000 && !socket.isClosed(); i++) {
        pause(Duration.ofMillis(10));
      }
    }
  }
}
