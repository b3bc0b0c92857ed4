package dev.fetchwell.internal.okhttp;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;

/**
 * What a failure to connect through a proxy means. OkHttp and the JDK name the server, which nobody
 * has asked yet, or nobody at all; so this goes by their texts, where they give nothing else.
 */
final class ProxyFailures {

  /** What the JDK's SOCKS sockets say, of plain type, if the proxy itself is not there. */
  private static final List<String> UNREACHABLE =
      List.of(
          "Connection refused",
          "Connection timed out",
          "No route to host",
          "Network is unreachable",
          "Host is ",
          "Network is down");

  private static final String CODE = "Unexpected response code for CONNECT: ";
  private static final String CREDENTIALS = "Failed to authenticate with proxy";
  private static final String SOCKS_CREDENTIALS = "SOCKS : authentication failed";

  private ProxyFailures() {}

  /** Host and port of a proxy; empty for none. */
  static String shown(Proxy proxy) {
    if (proxy.type() == Proxy.Type.DIRECT || !(proxy.address() instanceof InetSocketAddress to)) {
      return "";
    }
    String host = to.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + to.getPort();
  }

  /** Whether a proxy has this name. OkHttp looks up those of HTTP proxies only. */
  static boolean isNamed(Proxy proxy, String name) {
    return proxy.type() == Proxy.Type.HTTP
        && proxy.address() instanceof InetSocketAddress to
        && to.getHostString().equals(name);
  }

  /** Whether a proxy did not let us in; asking it again may lock an account. */
  static boolean isRefusedCredentials(Throwable thrown) {
    String text = OkHttpFailures.messageOf(thrown);
    return thrown instanceof IOException
        && (text.equals(CREDENTIALS) || text.equals(SOCKS_CREDENTIALS));
  }

  /** What is wrong with the proxy, or empty where that is not known. */
  static String detail(Throwable thrown, String proxy, String host) {
    if (proxy.isEmpty()) {
      return "";
    }
    String text = OkHttpFailures.messageOf(thrown);
    String which = "the proxy " + proxy;
    if (thrown instanceof UnknownHostException) {
      return which + " knows only SOCKS 4, which takes no host names such as " + host;
    }
    if (isUnreachable(thrown, text)) {
      Throwable cause = thrown.getCause();
      String reason = cause == null ? text : OkHttpFailures.messageOf(cause);
      return which + " could not be reached: " + reason;
    }
    if (text.equals(CREDENTIALS)) {
      return which
          + " wants credentials (407) for "
          + host
          + ": give okHttp(...) an OkHttpClient with a proxyAuthenticator";
    }
    if (text.equals(SOCKS_CREDENTIALS)) {
      return which
          + " wants credentials for "
          + host
          + ": Java takes those of a SOCKS proxy from java.net.Authenticator";
    }
    return text.startsWith(CODE)
        ? which + " answered CONNECT with " + text.substring(CODE.length()) + " for " + host
        : "";
  }

  private static boolean isUnreachable(Throwable thrown, String text) {
    return thrown instanceof ConnectException
        || thrown instanceof NoRouteToHostException
        || (thrown.getClass() == SocketException.class
            && UNREACHABLE.stream().anyMatch(text::startsWith));
  }
}
