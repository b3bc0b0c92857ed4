package dev.fetchwell.testserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A server on a free loopback port that does exactly what its {@link Script} says, down to the
 * bytes.
 *
 * <pre>{@code
 * try (ScriptedServer server = ScriptedServer.start(exchange -> exchange.respond(200, "hello"))) {
 *   client.getString(server.url("/")).join();
 *   assertThat(server.requests()).hasSize(1);
 * }
 * }</pre>
 *
 * <p>Speaks HTTP/1.1 only. Every connection has a daemon thread of its own, named {@code
 * scripted-server}.
 */
public final class ScriptedServer implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final ServerSocket listener;
  private final @Nullable SSLContext tls;
  private final @Nullable Script onConnect;
  private final Script onRequest;
  private final ExecutorService threads = Executors.newCachedThreadPool(ScriptedServer::daemon);

  // All guarded by this.
  private final Set<Socket> open = new HashSet<>();
  private final List<ReceivedRequest> requests = new ArrayList<>();
  private @Nullable Throwable scriptFailure;
  private int accepted;
  private boolean closed;

  private ScriptedServer(@Nullable SSLContext tls, @Nullable Script onConnect, Script onRequest) {
    this.tls = tls;
    this.onConnect = onConnect;
    this.onRequest = onRequest;
    try {
      this.listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("no free loopback port", e);
    }
  }

  /** A plain server that runs the script for each request, once it is read and recorded. */
  public static ScriptedServer start(Script onRequest) {
    return new ScriptedServer(null, null, onRequest).accepting();
  }

  /** As above with TLS; see {@link TestCertificates}. */
  public static ScriptedServer startTls(SSLContext tls, Script onRequest) {
    return new ScriptedServer(tls, null, onRequest).accepting();
  }

  /**
   * A server that runs the script on each new connection before it reads anything. Further requests
   * get 200.
   */
  public static ScriptedServer startOnConnect(Script onConnect) {
    return new ScriptedServer(null, onConnect, e -> e.respond(200, "ok")).accepting();
  }

  public int port() {
    return listener.getLocalPort();
  }

  /**
   * {@code http://127.0.0.1:<port>}, or {@code https://localhost:<port>}, and the path after it.
   */
  public String url(String path) {
    return (tls == null ? "http://127.0.0.1:" : "https://localhost:") + port() + path;
  }

  /**
   * What has arrived so far, in that order; requests that broke off in the middle are not there.
   */
  public synchronized List<ReceivedRequest> requests() {
    return List.copyOf(requests);
  }

  public synchronized int acceptedConnections() {
    return accepted;
  }

  /** Connections that neither side has closed, as far as a script that reads or pauses can know. */
  public synchronized int openConnections() {
    return open.size();
  }

  /**
   * Waits for so many requests to have arrived since the start, and returns them all.
   *
   * @throws AssertionError after 10 seconds
   */
  public synchronized List<ReceivedRequest> awaitRequests(int count) {
    await(() -> requests.size() >= count, LIMIT, () -> count + " requests, had " + requests);
    return List.copyOf(requests);
  }

  /**
   * Waits for so many connections to have been accepted since the start, for at most 10 seconds.
   */
  public synchronized void awaitConnections(int count) {
    await(() -> accepted >= count, LIMIT, () -> count + " connections, had " + accepted);
  }

  /**
   * Waits until every connection is closed.
   *
   * @throws AssertionError if one is still open after the limit
   */
  public synchronized void awaitNoOpenConnections(Duration limit) {
    await(open::isEmpty, limit, () -> "no open connections, had " + open.size());
  }

  /**
   * Stops listening and closes every connection. Idempotent.
   *
   * @throws IllegalStateException if a script failed by itself
   */
  @Override
  public void close() {
    closeQuietly(listener);
    Throwable failure;
    synchronized (this) {
      closed = true;
      List.copyOf(open).forEach(ScriptedServer::closeQuietly);
      failure = scriptFailure;
      scriptFailure = null;
    }
    threads.shutdownNow();
    if (failure != null) {
      throw new IllegalStateException("a script failed", failure);
    }
  }

  private ScriptedServer accepting() {
    threads.execute(this::acceptAll);
    return this;
  }

  private void acceptAll() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        int number = opened(socket);
        threads.execute(() -> serve(socket, number));
      } catch (IOException | RejectedExecutionException e) {
        // Closed, or one client gave up early: the loop's condition decides.
      }
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      new ScriptedConnection(socket, number, tls).serve(onConnect, onRequest, this::received);
    } catch (IOException e) {
      // The client hung up or refused the certificate, which is what most tests want.
    } catch (Throwable t) {
      scriptFailed(t);
    } finally {
      ended(socket);
    }
  }

  private synchronized int opened(Socket socket) {
    if (closed) {
      closeQuietly(socket);
    } else {
      open.add(socket);
    }
    notifyAll();
    return ++accepted;
  }

  private synchronized void ended(Socket socket) {
    open.remove(socket);
    notifyAll();
  }

  private synchronized void received(ReceivedRequest request) {
    requests.add(request);
    notifyAll();
  }

  private synchronized void scriptFailed(Throwable failure) {
    if (!closed && scriptFailure == null) {
      scriptFailure = failure;
    }
  }

  private synchronized void await(
      BooleanSupplier condition, Duration limit, Supplier<String> expected) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError("expected within " + limit + ": " + expected.get());
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting", e);
      }
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
    Thread thread = new Thread(task, "scripted-server");
    thread.setDaemon(true);
    return thread;
  }
}
