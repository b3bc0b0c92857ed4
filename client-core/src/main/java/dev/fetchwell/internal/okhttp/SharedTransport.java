package dev.fetchwell.internal.okhttp;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import okhttp3.Authenticator;
import okhttp3.ConnectionPool;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;

/**
 * The one connection pool of the process, made when the first client is. Clients lease it; when the
 * last one leaves, or leaves many behind, its idle connections are closed.
 *
 * <p>It has {@linkplain Lanes parts}, where more calls run to a host than most clients allow.
 */
public final class SharedTransport {

  /**
   * Idle connections that one client's burst may leave to the others. OkHttp walks through all of
   * them for each call: 10,000 make every call of the process some 20 times slower.
   */
  private static final int MANY = 1_000;

  /** How many clients hold a lease; changed atomically. */
  private static final AtomicInteger LEASES = new AtomicInteger();

  private SharedTransport() {}

  private static final class Holder {

    private static final Lanes LANES =
        new Lanes(
            tamed(
                new OkHttpClient.Builder()
                    .socketFactory(new WatchedSockets(SocketFactory.getDefault())),
                true));

    private static final OpenSockets SOCKETS = new OpenSockets();
  }

  /** The sockets of callers' own pools, which several clients may share. */
  private static final Map<ConnectionPool, OpenSockets> OF_OTHERS =
      Collections.synchronizedMap(new WeakHashMap<>());

  /** A lease of the process-wide pool. */
  public static Transport lease() {
    LEASES.incrementAndGet();
    return new Transport(Holder.LANES, Holder.SOCKETS, SharedTransport::giveBack);
  }

  /** A lease of a caller's own client: its pool, DNS, proxy, TLS and interceptors. */
  public static Transport of(OkHttpClient own) {
    OkHttpClient.Builder builder = own.newBuilder();
    if (changesRequests(own)) {
      builder.addInterceptor(new SecretsGuard()).addNetworkInterceptor(new SecretsGuard());
      builder.addNetworkInterceptor(new UploadWatch());
    }
    CallersCode.mark(own, builder);
    builder.socketFactory(new WatchedSockets(own.socketFactory()));
    OkHttpClient client = tamed(builder, own.networkInterceptors().isEmpty()).build();
    OpenSockets sockets =
        OF_OTHERS.computeIfAbsent(client.connectionPool(), pool -> new OpenSockets());
    return new Transport(client, sockets);
  }

  /**
   * Whether code of the caller's may put something on a request. Each interceptor is three frames
   * on the stack of each call that waits, and a chain: a third of a call in flight was ours.
   */
  private static boolean changesRequests(OkHttpClient own) {
    return !own.interceptors().isEmpty()
        || !own.networkInterceptors().isEmpty()
        || own.authenticator() != Authenticator.NONE
        || own.proxyAuthenticator() != Authenticator.NONE;
  }

  private static void giveBack() {
    if (LEASES.decrementAndGet() == 0 || Holder.LANES.idleConnections() > MANY) {
      Holder.LANES.evictAll();
    }
  }

  /**
   * Everything that OkHttp would do by itself is done, and counted, by our stages.
   *
   * @param isNextToNetwork whether none of the caller's interceptors is
   */
  private static OkHttpClient.Builder tamed(OkHttpClient.Builder builder, boolean isNextToNetwork) {
    List<Interceptor> network = builder.networkInterceptors();
    // The outermost of them, so that it also guards what a caller's interceptor answers.
    network.add(0, new OkHttpGuard(isNextToNetwork));
    if (!isNextToNetwork) {
      network.add(new UpgradeKeeper());
    }
    OkHttpClient built = builder.build();
    AwaitingSslSockets.useIn(builder, built);
    return builder
        .socketFactory(new ConnectingSockets(built.socketFactory()))
        .retryOnConnectionFailure(false)
        .followRedirects(false)
        .followSslRedirects(false)
        .connectTimeout(Duration.ZERO)
        .readTimeout(Duration.ZERO)
        .writeTimeout(Duration.ZERO)
        .callTimeout(Duration.ZERO);
  }
}
