package dev.fetchwell.internal.okhttp;

import java.net.Proxy;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * One call's way through a proxy while it connects: whose name is looked up, and over which sockets
 * a tunnel is asked for. Written by the threads that connect; any may close.
 */
final class ProxiedConnect {

  /** Guarded by this; empty for nearly all calls. */
  private List<Socket> tunnels = List.of();

  private volatile List<Proxy> proxies = List.of();
  private volatile boolean looksUpProxy;
  private volatile boolean connected;

  void selected(List<Proxy> found) {
    proxies = found;
  }

  /** The proxy whose name this is, as it is shown; empty if it is the server's name. */
  String lookingUp(String name) {
    for (Proxy proxy : proxies) {
      if (ProxyFailures.isNamed(proxy, name)) {
        looksUpProxy = true;
        return ProxyFailures.shown(proxy);
      }
    }
    looksUpProxy = false;
    return "";
  }

  /** Whether the name that is looked up, or was last, is a proxy's. */
  boolean looksUpProxy() {
    return looksUpProxy;
  }

  /** It asks a proxy for a tunnel over this socket, if need be. */
  synchronized void connectsBy(Socket socket) {
    List<Socket> more = new ArrayList<>(tunnels);
    more.add(socket);
    tunnels = more;
  }

  private synchronized List<Socket> takeTunnels() {
    List<Socket> taken = tunnels;
    tunnels = List.of();
    return taken;
  }

  void connected() {
    connected = true;
  }

  /** Those of a connection that is ready are OkHttp's, and may serve other calls. */
  void closeTunnels() {
    for (Socket socket : takeTunnels()) {
      if (!connected) {
        ConnectionWatches.closeNow(socket);
      }
    }
  }
}
