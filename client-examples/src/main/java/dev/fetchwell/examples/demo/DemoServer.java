package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * A small HTTP/1.1 and web socket server on a free loopback port, with good answers, slow ones and
 * failures. {@link DemoRoutes} lists what it answers.
 *
 * <pre>{@code
 * try (DemoServer server = DemoServer.start()) {
 *   client.getJson(server.url("/users/7"));
 *   server.requests("/users/7"); // 1
 * }
 * }</pre>
 *
 * <p>It stands on plain sockets because it must reset connections, answer without Nagle's delay,
 * notice when a client hangs up, and leave pings unanswered; ready-made servers hide the socket.
 * Each connection has a daemon thread of its own. Thread-safe.
 */
public final class DemoServer implements AutoCloseable {

  private static final int BACKLOG = 1024;

  private final ServerSocket listener;
  private final Routes routes = new Routes();
  private final Statistics statistics = new Statistics();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newCachedThreadPool(DemoServer::daemon);

  private DemoServer(ServerSocket listener) {
    this.listener = listener;
  }

  /** Starts a server with the routes of {@link DemoRoutes}. */
  public static DemoServer start() {
    try {
      DemoServer server =
          new DemoServer(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
      DemoRoutes.addTo(server.routes);
      server.threads.execute(server::acceptAll);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("no free loopback port", e);
    }
  }

  /** Where an example adds routes of its own; at any time. */
  public Routes routes() {
    return routes;
  }

  /** {@code http://127.0.0.1:<port>}, without a slash at the end. */
  public String baseUrl() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** The URL of a path that starts with a slash. */
  public String url(String path) {
    return baseUrl() + path;
  }

  /** The address of a web socket at a path that starts with a slash. */
  public String webSocketUrl(String path) {
    return "ws" + url(path).substring("http".length());
  }

  /** How many requests came to exactly this path, whatever their query. */
  public int requests(String path) {
    return statistics.requests(path);
  }

  /** How many requests came in all. */
  public int requests() {
    return statistics.requestsBelow("/");
  }

  /**
   * How many requests to exactly this path ended because the client hung up before the answer, or
   * web sockets because it hung up without a close frame.
   */
  public int abandoned(String path) {
    return statistics.abandoned(path);
  }

  /**
   * The codes with which clients closed web sockets at exactly this path, in order; 1005 for none.
   * Those that only answer the server's own close frame are not among them.
   */
  public List<Integer> closeCodes(String path) {
    return statistics.closeCodes(path);
  }

  /** The most requests that ran at the same moment; an open web socket is one, too. */
  public int maxConcurrency() {
    return statistics.maxConcurrency("/");
  }

  /**
   * The most requests that ran at the same moment at this path or below it; a prefix of whole
   * segments.
   */
  public int maxConcurrency(String prefix) {
    return statistics.maxConcurrency(prefix);
  }

  /** Sets every count back to zero. What {@code /flaky} and its like remember per name stays. */
  public void resetStatistics() {
    statistics.reset();
  }

  /** Stops listening and closes every connection. Idempotent. */
  @Override
  public void close() {
    closeQuietly(listener);
    open.forEach(DemoServer::closeQuietly);
    threads.shutdownNow();
  }

  private void acceptAll() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        threads.execute(() -> serve(socket));
      } catch (IOException | RejectedExecutionException e) {
        // Closed, or one client gave up early: either way the loop's condition decides.
      }
    }
    open.forEach(DemoServer::closeQuietly);
  }

  private void serve(Socket socket) {
    try (socket) {
      new DemoConnection(socket, routes, statistics).serve();
    } catch (IOException e) {
      // The client hung up, which is its right; the statistics have counted it.
    } finally {
      open.remove(socket);
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // Nothing can be done about it, and nothing needs to be.
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "demo-server");
    thread.setDaemon(true);
    return thread;
  }
}
