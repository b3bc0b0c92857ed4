package dev.fetchwell.testserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server for load tests: HTTP/1.1 with keep-alive on one selector thread, tens of thousands of
 * connections. It looks at nothing in a request but its length. At first it answers everything at
 * once; {@link #hold}, {@link #stall} and {@link #unavailable} change what happens to requests from
 * then on.
 *
 * <p>Thread-safe. {@link NioServerProcess} runs one in a process of its own.
 */
public final class NioServer implements AutoCloseable {

  private static final byte[] OK = response("200 OK", "{\"ok\":true}");
  private static final byte[] UNAVAILABLE = response("503 Service Unavailable", "{\"ok\":false}");

  private final ServerSocketChannel listener;
  private final int port;
  private final Selector selector;
  private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
  private final LoadCounters counters = new LoadCounters();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);

  // Touched by the selector thread only.
  private final Set<NioConnection> held = new LinkedHashSet<>();
  private byte[] response = OK;
  private boolean holding;
  private int holdUntil;

  private NioServer() throws IOException {
    selector = Selector.open();
    listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
    port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
    listener.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
  }

  /** Starts a server that answers at once. */
  public static NioServer start() {
    try {
      NioServer server = new NioServer();
      Thread thread = new Thread(server::run, "nio-server");
      thread.setDaemon(true);
      thread.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("no free loopback port", e);
    }
  }

  public int port() {
    return port;
  }

  public String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  /** What has been counted so far. */
  public LoadStatistics statistics() {
    return counters.snapshot();
  }

  /** Sets requests and the largest concurrency back, the latter to what is in flight now. */
  public void resetStatistics() {
    command(counters::reset);
  }

  /** From now on answers at once, also what it holds. */
  public void release() {
    command(() -> answerAllWith(OK));
  }

  /** Holds every request until so many are in flight at once; from then on answers at once. */
  public void hold(int requests) {
    command(
        () -> {
          response = OK;
          holding = true;
          holdUntil = requests;
          releaseIfEnough();
        });
  }

  /** Answers nothing until {@link #release()}. */
  public void stall() {
    hold(Integer.MAX_VALUE);
  }

  /** From now on answers 503 to everything, also what it holds. */
  public void unavailable() {
    command(() -> answerAllWith(UNAVAILABLE));
  }

  /** Waits until so many requests are in flight; fails with an AssertionError after the limit. */
  public void awaitInFlight(int requests, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (statistics().inFlight() < requests) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(requests + " in flight expected, have " + statistics());
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    command(
        () -> {
          try {
            for (SelectionKey key : selector.keys()) {
              key.channel().close();
            }
            selector.close();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Returns when it is done: requests sent after that are treated in the new way. */
  private void command(Runnable command) {
    if (!selector.isOpen()) {
      return;
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    commands.add(
        () -> {
          command.run();
          done.complete(null);
        });
    selector.wakeup();
    done.orTimeout(10, TimeUnit.SECONDS).join();
  }

  private void run() {
    try {
      while (selector.isOpen()) {
        selector.select(this::ready);
        for (Runnable next = commands.poll(); next != null; next = commands.poll()) {
          next.run();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the selector failed", e);
    }
  }

  private void ready(SelectionKey key) {
    if (key.isAcceptable()) {
      accept();
    } else if (key.attachment() instanceof NioConnection connection) {
      try {
        connection.ready(buffer);
      } catch (IOException clientWentAway) {
        connection.close();
      }
    }
  }

  private void accept() {
    try {
      for (SocketChannel c = listener.accept(); c != null; c = listener.accept()) {
        c.setOption(StandardSocketOptions.TCP_NODELAY, true).configureBlocking(false);
        SelectionKey key = c.register(selector, SelectionKey.OP_READ);
        key.attach(new NioConnection(this, c, key));
        counters.opened();
      }
    } catch (IOException e) {
      // Out of file descriptors, most likely: those that wait are accepted once others have closed.
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** One whole request has been read. */
  void received(NioConnection connection) throws IOException {
    counters.began();
    if (holding) {
      held.add(connection);
      releaseIfEnough();
    } else {
      answer(connection);
    }
  }

  void closed(NioConnection connection) {
    counters.closed();
    if (held.remove(connection)) {
      counters.ended();
    }
  }

  private void answerAllWith(byte[] next) {
    response = next;
    releaseHeld();
  }

  private void releaseIfEnough() {
    if (held.size() >= holdUntil) {
      releaseHeld();
    }
  }

  private void releaseHeld() {
    holding = false;
    List<NioConnection> waiting = List.copyOf(held);
    held.clear();
    for (NioConnection connection : waiting) {
      try {
        answer(connection);
      } catch (IOException clientWentAway) {
        connection.close();
      }
    }
  }

  private void answer(NioConnection connection) throws IOException {
    // Counted as ended before the client can know: else its next request would overlap with this
    // one.
    counters.ended();
    connection.answer(response);
  }

  private static byte[] response(String status, String body) {
    String head = "\r\nContent-Type: application/json\r\nContent-Length: " + body.length();
    return ("HTTP/1.1 " + status + head + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII);
  }
}
