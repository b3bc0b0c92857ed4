package dev.fetchwell.internal.okhttp;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Connection;
import okhttp3.HttpUrl;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Finds the watch of a connection. One for the whole process, as clients share connections.
 *
 * <p>OkHttp shows the socket of TLS, not the watched one below it, but both have the same ends.
 */
final class ConnectionWatches {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  private static final Map<Ends, ConnectionWatch> OPEN = new ConcurrentHashMap<>();
  private static final Map<Socket, ConnectionWatch> KNOWN = new ConcurrentHashMap<>();

  /** Of sockets that our factory did not make: those of a SOCKS proxy, or of a caller's own. */
  private static final Map<Socket, ConnectionWatch> BLIND =
      Collections.synchronizedMap(new WeakHashMap<>());

  /** Nearly always empty. */
  private static final Set<ConnectionWatch> DOUBTED = ConcurrentHashMap.newKeySet();

  private ConnectionWatches() {}

  /** Both ends of a TCP connection, which no other one has as long as it is open. */
  record Ends(SocketAddress local, SocketAddress remote) {}

  private static @Nullable Ends endsOf(Socket socket) {
    SocketAddress local = socket.getLocalSocketAddress();
    SocketAddress remote = socket.getRemoteSocketAddress();
    // What else than TCP is behind a caller's socket factory may tell the same of all its sockets.
    boolean isOwn = local instanceof InetSocketAddress internet && internet.getPort() > 0;
    return isOwn && remote != null ? new Ends(local, remote) : null;
  }

  static @Nullable Ends opened(Socket socket, ConnectionWatch watch) {
    Ends ends = endsOf(socket);
    if (ends != null) {
      OPEN.put(ends, watch);
    }
    return ends;
  }

  static void closed(@Nullable Ends ends, ConnectionWatch watch) {
    if (ends != null) {
      OPEN.remove(ends, watch);
    }
    Socket shown = watch.shownAs();
    if (shown != null) {
      KNOWN.remove(shown);
    }
    watch.closed();
  }

  /** The watch of a connection that a call has got. */
  static ConnectionWatch of(Connection connection) {
    Socket socket = connection.socket();
    ConnectionWatch watch =
        socket instanceof WatchedSocket watched ? watched.watch() : KNOWN.get(socket);
    if (watch == null) {
      watch = find(socket);
    }
    if (!watch.isMultiplexed() && isMultiplexed(connection)) {
      watch.multiplexes(address(connection.route().address().url()));
    }
    return watch;
  }

  private static ConnectionWatch find(Socket socket) {
    Ends ends = endsOf(socket);
    ConnectionWatch watch = ends == null ? null : OPEN.get(ends);
    if (watch == null) {
      WeakReference<Socket> closeable = new WeakReference<>(socket);
      return BLIND.computeIfAbsent(
          socket, any -> new ConnectionWatch(() -> close(closeable), false));
    }
    KNOWN.put(socket, watch);
    watch.isShownAs(socket);
    if (OPEN.get(ends) != watch) {
      KNOWN.remove(socket);
    }
    return watch;
  }

  private static void close(WeakReference<Socket> closeable) {
    Socket socket = closeable.get();
    if (socket != null) {
      closeNow(socket);
    }
  }

  /**
   * Closes the socket under a write that may not end. With no time to linger, so that also TLS does
   * not wait for the very write that hangs.
   */
  static void closeNow(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException closedAlready) {
      LOG.log(System.Logger.Level.DEBUG, "closing a connection", closedAlready);
    }
  }

  private static boolean isMultiplexed(Connection connection) {
    Protocol protocol = connection.protocol();
    return protocol == Protocol.HTTP_2 || protocol == Protocol.H2_PRIOR_KNOWLEDGE;
  }

  private static String address(HttpUrl url) {
    return url.host() + ":" + url.port();
  }

  static void doubted(ConnectionWatch watch) {
    DOUBTED.add(watch);
  }

  static void settled(ConnectionWatch watch) {
    DOUBTED.remove(watch);
  }

  /** Waits while a connection to the address is in doubt, so that no call is sent on it. */
  static void awaitSettled(HttpUrl url) {
    if (DOUBTED.isEmpty()) {
      return;
    }
    String address = address(url);
    for (ConnectionWatch doubted : DOUBTED) {
      if (doubted.address().equals(address)) {
        doubted.awaitSettled();
      }
    }
  }
}
