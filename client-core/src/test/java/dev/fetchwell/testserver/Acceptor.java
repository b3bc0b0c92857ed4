package dev.fetchwell.testserver;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Accepts a listener's connections, each on a thread of its own, until it is closed. A connection
 * that arrives while it is being closed is closed too, and never served.
 */
final class Acceptor implements AutoCloseable {

  private final ServerSocket listener;
  private final Service service;

  // All guarded by this.
  private final Set<Socket> open = new HashSet<>();
  private int accepted;
  private boolean closed;

  /** What happens on a connection; when it returns or throws, the connection is closed. */
  @FunctionalInterface
  interface Service {

    void serve(Socket socket) throws Exception;
  }

  private Acceptor(ServerSocket listener, Service service) {
    this.listener = listener;
    this.service = service;
  }

  static Acceptor start(ServerSocket listener, Service service) {
    Acceptor acceptor = new Acceptor(listener, service);
    onThread(acceptor::acceptAll);
    return acceptor;
  }

  synchronized int accepted() {
    return accepted;
  }

  synchronized int open() {
    return open.size();
  }

  private void acceptAll() {
    try {
      while (true) {
        Socket socket = listener.accept();
        if (!opened(socket)) {
          socket.close();
          return;
        }
        onThread(() -> serve(socket));
      }
    } catch (IOException listenerIsClosed) {
      // The end.
    }
  }

  private synchronized boolean opened(Socket socket) {
    accepted++;
    return !closed && open.add(socket);
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      service.serve(socket);
    } catch (Exception clientIsGone) {
      // What most tests want.
    } finally {
      ended(socket);
    }
  }

  private synchronized void ended(Socket socket) {
    open.remove(socket);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    List<Socket> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(open);
    }
    for (Socket socket : left) {
      socket.close();
    }
  }

  private static void onThread(Runnable task) {
    Thread thread = new Thread(task, "test-server");
    thread.setDaemon(true);
    thread.start();
  }
}
