package dev.fetchwell.testserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between clients and a server on loopback. Connections that are open when it freezes live
 * on at both ends, but not a byte comes through any longer: as with a NAT that forgot them. Those
 * that are opened afterwards work.
 */
public final class FreezingRelay implements AutoCloseable {

  private final ServerSocket listener;
  private final int target;
  private final Set<Pair> open = ConcurrentHashMap.newKeySet();
  private volatile int accepted;

  private FreezingRelay(int target) {
    this.target = target;
    try {
      listener = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("no free loopback port", e);
    }
  }

  public static FreezingRelay to(int port) {
    FreezingRelay relay = new FreezingRelay(port);
    onThread(relay::acceptAll);
    return relay;
  }

  public int port() {
    return listener.getLocalPort();
  }

  public int acceptedConnections() {
    return accepted;
  }

  /** Lets no more bytes through on the connections that are open now. */
  public void freeze() {
    open.forEach(pair -> pair.frozen = true);
  }

  private void acceptAll() {
    while (!listener.isClosed()) {
      try {
        relay(listener.accept());
      } catch (IOException closed) {
        return;
      }
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // By one thread.
  private void relay(Socket client) throws IOException {
    try {
      Pair pair = new Pair(client, new Socket(InetAddress.getLoopbackAddress(), target));
      client.setTcpNoDelay(true);
      pair.server.setTcpNoDelay(true);
      open.add(pair);
      accepted++;
      onThread(() -> pair.pump(client, pair.server));
      onThread(() -> pair.pump(pair.server, client));
      if (listener.isClosed()) {
        pair.close();
      }
    } catch (IOException eitherIsGone) {
      client.close();
    }
  }

  private final class Pair {

    private final Socket client;
    private final Socket server;
    private volatile boolean frozen;

    private Pair(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    private void pump(Socket from, Socket to) {
      byte[] buffer = new byte[16 * 1024];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          if (!frozen) {
            out.write(buffer, 0, count);
          }
        }
      } catch (IOException gone) {
        // As it likes.
      }
      if (!frozen) {
        close();
      }
    }

    private void close() {
      open.remove(this);
      try (client;
          server) {
        // Closes both.
      } catch (IOException closed) {
        // Then it is.
      }
    }
  }

  private static void onThread(Runnable task) {
    Thread thread = new Thread(task, "freezing-relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    open.forEach(Pair::close);
  }
}
