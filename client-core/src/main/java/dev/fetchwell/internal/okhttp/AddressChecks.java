package dev.fetchwell.internal.okhttp;

import dev.fetchwell.error.AddressBlockedError;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.text.IpLiteral;
import dev.fetchwell.policy.AddressGuard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import okhttp3.Connection;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Response;
import okhttp3.Route;
import org.jspecify.annotations.Nullable;

/**
 * Holds a client to its {@link AddressGuard}: when OkHttp has selected the proxy, when it is about
 * to connect a socket, and when a call has a connection, of which no one knows who opened it, but
 * has not written to it. The first interceptor that stands next to the network.
 */
final class AddressChecks implements Interceptor {

  private static final String ADVICE =
      ", which this client's address guard blocks (AddressGuard.allow(...) if it is to be reached)";

  private static final int CAUSES = 10;

  private final AddressGuard guard;

  AddressChecks(AddressGuard guard) {
    this.guard = guard;
  }

  /**
   * OkHttp is going to try these one after the other. What it throws is no {@code IOException}, at
   * which OkHttp would select again, for ever.
   */
  void selected(HttpUrl url, List<Proxy> proxies) {
    for (Proxy proxy : proxies) {
      String problem = proxied(url, proxy);
      if (!problem.isEmpty()) {
        throw new RefusedProxy(problem);
      }
    }
  }

  /** OkHttp is going to connect; what it throws makes OkHttp try the next address. */
  void connecting(String host, InetSocketAddress to, Proxy proxy) throws Blocked {
    if (proxy.type() == Proxy.Type.DIRECT) {
      check(host, to.getAddress());
    }
  }

  /** Also if another client opened it, or opened it for another host. */
  @Override
  public Response intercept(Chain chain) throws IOException {
    @Nullable Connection connection = chain.connection();
    if (connection == null) {
      throw new Blocked("the call goes over an unknown connection" + ADVICE, null);
    }
    HttpUrl url = chain.request().url();
    Route route = connection.route();
    selected(url, List.of(route.proxy()));
    connecting(url.host(), route.socketAddress(), route.proxy());
    return chain.proceed(chain.request());
  }

  /** Where a socket of a caller's own factory went, null if it does not say. */
  void connected(@Nullable InetAddress asked, @Nullable InetAddress peer) throws Blocked {
    if (peer == null || !peer.equals(asked)) {
      check("the caller's SocketFactory", peer);
    }
  }

  private void check(String host, @Nullable InetAddress address) throws Blocked {
    if (address == null) {
      throw new Blocked(host + " leads to an unknown address" + ADVICE, null);
    }
    Optional<String> kind = guard.blocks(address);
    if (kind.isPresent()) {
      throw new Blocked(host + " leads to " + kind.get() + ADVICE, address);
    }
  }

  /** What is wrong with going to this host through this proxy; empty for nothing. */
  private String proxied(HttpUrl url, Proxy proxy) {
    if (proxy.type() == Proxy.Type.DIRECT) {
      return "";
    }
    String host = url.host();
    if (!guard.allowsProxies()) {
      return "the way to "
          + host
          + " is through the proxy "
          + ProxyFailures.shown(proxy)
          + ", and this client's address guard cannot judge where that connects to"
          + " (AddressGuard.allowProxies() if the proxy judges it, else set Proxy.NO_PROXY)";
    }
    String kind = literalKind(host);
    return kind.isEmpty() ? "" : host + " is " + kind + ADVICE;
  }

  /** The proxy looks up names. */
  private String literalKind(String host) {
    byte[] bytes = IpLiteral.bytes(host);
    if (bytes.length == 0) {
      return IpLiteral.endsInNumber(host) ? "an address in an unusual form" : "";
    }
    try {
      return guard.blocks(InetAddress.getByAddress(bytes)).orElse("");
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("bytes of an address", impossible);
    }
  }

  /** What a call ends with that met only this, also if a caller's interceptor wrapped it. */
  static @Nullable AddressBlockedError error(Throwable thrown, CallContext context) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < CAUSES; depth++) {
      if (cause instanceof Blocked blocked) {
        return blocked.address == null
            ? new AddressBlockedError(blocked.problem, context.facts())
            : new AddressBlockedError(blocked.problem, blocked.address, context.facts());
      }
      if (cause instanceof RefusedProxy refused) {
        return new AddressBlockedError(refused.problem, context.facts());
      }
      cause = cause.getCause();
    }
    return null;
  }

  /** Nothing was sent to this address. */
  static final class Blocked extends IOException {

    private static final long serialVersionUID = 1L;

    private final String problem;
    private final transient @Nullable InetAddress address;

    private Blocked(String problem, @Nullable InetAddress address) {
      super(problem);
      this.problem = problem;
      this.address = address;
    }

    /** Without a stack, as strangers may cause many. */
    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  /** Nothing was sent to this proxy. */
  static final class RefusedProxy extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String problem;

    private RefusedProxy(String problem) {
      super(problem);
      this.problem = problem;
    }

    /** Without a stack, as there may be many. */
    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }
}
