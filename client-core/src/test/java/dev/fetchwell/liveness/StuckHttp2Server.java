package dev.fetchwell.liveness;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * HTTP/2 without TLS that allows its client to send as much as it likes, and stops reading after
 * the first request's headers: so the client's writes block, not its flow control.
 */
final class StuckHttp2Server implements AutoCloseable {

  private static final int PREFACE_BYTES = 24;
  private static final int HEADERS = 1;

  /** INITIAL_WINDOW_SIZE (4) as large as it may be, so that no stream's window fills up. */
  private static final byte[] SETTINGS = {
    0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff
  };

  private static final byte[] SETTINGS_ACK = {0, 0, 0, 4, 1, 0, 0, 0, 0};

  /** WINDOW_UPDATE for the whole connection, by 2 GB less the 64 kB that it has. */
  private static final byte[] WINDOW_UPDATE = {0, 0, 4, 8, 0, 0, 0, 0, 0, 0x7f, (byte) 0xff, 0, 0};

  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private StuckHttp2Server() {
    try {
      listener = new ServerSocket();
      // Small, so that little fits in between client and server.
      listener.setReceiveBufferSize(4 * 1024);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    } catch (IOException e) {
      throw new UncheckedIOException("no free loopback port", e);
    }
  }

  static StuckHttp2Server start() {
    StuckHttp2Server server = new StuckHttp2Server();
    server.onThread(server::acceptAll);
    return server;
  }

  String url(String path) {
    return "http://127.0.0.1:" + listener.getLocalPort() + path;
  }

  private void acceptAll() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        onThread(() -> readALittle(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void readALittle(Socket socket) {
    try {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      in.readFully(new byte[PREFACE_BYTES]);
      out.write(SETTINGS);
      out.write(WINDOW_UPDATE);
      out.write(SETTINGS_ACK);
      out.flush();
      for (int type = -1; type != HEADERS; ) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        type = in.readUnsignedByte();
        in.readFully(new byte[1 + 4 + length]);
      }
    } catch (IOException clientIsGone) {
      // As it likes.
    }
  }

  private void onThread(Runnable task) {
    Thread thread = new Thread(task, "stuck-http2-server");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
