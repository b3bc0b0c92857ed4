package dev.fetchwell.internal.okhttp;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Upload;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Watches one OkHttp call: how far it came, on what kind of connection, and whether connecting took
 * too long. OkHttp calls it from the call's thread and, while connecting, from its own; so each
 * field is volatile or atomic and only ever goes one way.
 */
final class WireCall extends EventListener {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  private final FetchRequest hop;
  private final CallContext context;
  private final Attempt attempt;
  private final Transport transport;
  private final CallersCode callersCode = new CallersCode();
  private final ConnectTurn turn;
  private final WatchedUse use = new WatchedUse();
  private final ProxiedConnect proxied = new ProxiedConnect();
  private final Connecting connecting;

  /** The host that it connects to, which a caller's interceptor may have changed. */
  private volatile String host;

  private volatile @Nullable Connection connection;
  private volatile boolean connected;
  private volatile @Nullable HopSecrets secrets;
  private volatile boolean sent;
  private volatile boolean writing;
  private volatile boolean inCallersBody;
  private volatile boolean answered;
  private volatile @Nullable String hiddenRetryAfter;
  private volatile int hiddenStatus;
  private volatile @Nullable OkHttpUpgraded upgraded;

  /** Watches the call of one hop. */
  WireCall(FetchRequest hop, CallContext context, Transport transport, WireLimits limits) {
    this.hop = hop;
    this.context = context;
    this.attempt = context.attempt();
    this.transport = transport;
    this.host = hop.host();
    this.connecting = new Connecting(transport.sockets());
    this.turn = new ConnectTurn(limits, hop.host(), attempt, context.platform().timer());
  }

  /** Which secrets it may have; asked by its thread. */
  HopSecrets secrets() {
    HopSecrets known = secrets;
    if (known == null) {
      known = new HopSecrets(context.request(), hop);
      secrets = known;
    }
    return known;
  }

  CallersCode callersCode() {
    return callersCode;
  }

  void keepUpgraded(OkHttpUpgraded connection) {
    upgraded = connection;
  }

  /** The connection after a switch of protocols; null if there was none. */
  @Nullable OkHttpUpgraded upgraded() {
    return upgraded;
  }

  boolean wantsUpgrade() {
    return context.wantsUpgrade();
  }

  boolean sent() {
    return sent;
  }

  boolean connected() {
    return connected;
  }

  boolean connectTimedOut() {
    return connecting.isPassed();
  }

  /** Whether the headers of an answer came. */
  boolean answered() {
    return answered;
  }

  /** Whether a connection of the pool was taken and gave no byte of an answer. */
  boolean lostReusedConnection() {
    return connected && !connecting.hasBegun() && sent && !answered;
  }

  Attempt attempt() {
    return attempt;
  }

  Duration connectTimeout() {
    return context.options().connectTimeout();
  }

  /** Whether the code that runs now is the caller's, which gives the request's body. */
  void inCallersBody(boolean isCallers) {
    inCallersBody = isCallers;
  }

  /**
   * Closes the connection under a write, or a wait for a proxy, that does not end. With no time to
   * linger, so that also TLS does not wait for the very write that hangs.
   */
  void closeIfWriting() {
    proxied.closeTunnels();
    Connection stuck = connection;
    if (stuck != null && writing && !inCallersBody) {
      ConnectionWatches.closeNow(stuck.socket());
    }
  }

  /** Its use of the connection that it has, or had last. */
  WatchedUse use() {
    return use;
  }

  ProxiedConnect proxied() {
    return proxied;
  }

  void hideRetryAfter(String value) {
    hiddenRetryAfter = value;
  }

  void hideStatus(int status) {
    hiddenStatus = status;
  }

  /** The status that came, where OkHttp was shown another one. */
  int statusOf(Response response) {
    return hiddenStatus == 0 ? response.code() : hiddenStatus;
  }

  @Nullable String hiddenRetryAfter() {
    return hiddenRetryAfter;
  }

  /** It was given up, or its thread is done with it: it connects no longer. */
  void leaveLine() {
    if (connecting.isPassed()) {
      turn.failed();
    }
    turn.end();
  }

  /** OkHttp is about to make a new connection, and has not looked up where to yet. */
  @Override
  public void proxySelectStart(Call call, HttpUrl url) {
    stopIfCancelled(call);
    try {
      turn.await();
    } catch (IOException toBeThrown) {
      throwAnyway(toBeThrown);
    }
  }

  /** OkHttp is in Kotlin: it expects an {@code IOException} there, and the compiler does not. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> void throwAnyway(Throwable thrown) throws E {
    throw (E) thrown;
  }

  @Override
  public void proxySelectEnd(Call call, HttpUrl url, List<Proxy> found) {
    proxied.selected(found);
    AddressChecks checks = transport.checks();
    if (checks != null) {
      host = url.host();
      checks.selected(url, found);
    }
  }

  @Override
  public void dnsStart(Call call, String name) {
    attempt.markProxy(proxied.lookingUp(name));
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    attempt.markProxy(ProxyFailures.shown(proxy));
    stopIfCancelled(call);
    checkAddress(address, proxy);
    if (proxy.type() == Proxy.Type.HTTP) {
      ConnectingSockets.nextIsFor(proxied);
    }
    connecting.begin(
        context.platform(), connectTimeout(), () -> transport.cancel(call, context.platform()));
  }

  private void checkAddress(InetSocketAddress address, Proxy proxy) {
    AddressChecks checks = transport.checks();
    if (checks == null) {
      return;
    }
    try {
      checks.connecting(host, address, proxy);
    } catch (AddressChecks.Blocked toBeThrown) {
      throwAnyway(toBeThrown);
    }
  }

  /** Too late to be heard where it was given up, which says nothing about the host. */
  @Override
  public void connectFailed(
      Call call,
      InetSocketAddress address,
      Proxy proxy,
      @Nullable Protocol protocol,
      IOException failure) {
    turn.failed();
  }

  @Override
  public void secureConnectStart(Call call) {
    stopIfCancelled(call);
  }

  /**
   * OkHttp loses a cancel that comes between the steps of connecting, and every later one: the
   * handshake would then wait for the peer for ever. An exception from here makes it close the
   * socket.
   */
  private static void stopIfCancelled(Call call) {
    if (call.isCanceled()) {
      throw new CancellationException("cancelled while connecting");
    }
  }

  @Override
  public void canceled(Call call) {
    proxied.closeTunnels();
  }

  @Override
  public void connectionAcquired(Call call, Connection acquired) {
    connection = acquired;
    attempt.markProxy(ProxyFailures.shown(acquired.route().proxy()));
    connected = true;
    proxied.connected();
    connecting.connected(acquired.socket());
    boolean opened = connecting.hasBegun();
    turn.connected(opened, opened && isMultiplexed(acquired));
    attempt.markProtocol(acquired.protocol().toString());
    use.enter(ConnectionWatches.of(acquired));
    if (wantsUpgrade()) {
      sendSmallPiecesAtOnce(acquired.socket());
    }
  }

  /** A message must not wait until the peer has acknowledged the one before. */
  private static void sendSmallPiecesAtOnce(Socket socket) {
    try {
      socket.setTcpNoDelay(true);
    } catch (IOException closedAlready) {
      LOG.log(System.Logger.Level.DEBUG, "a connection that broke at once", closedAlready);
    }
  }

  @Override
  public void connectionReleased(Call call, Connection released) {
    connection = null;
    use.leave();
    turn.released();
  }

  private static boolean isMultiplexed(Connection acquired) {
    Protocol protocol = acquired.protocol();
    return protocol == Protocol.HTTP_2 || protocol == Protocol.H2_PRIOR_KNOWLEDGE;
  }

  private long nanoTime() {
    return context.platform().timer().nanoTime();
  }

  @Override
  public void requestHeadersStart(Call call) {
    writing = true;
    sent = true;
    attempt.markSent();
    attempt.markSentAt(nanoTime());
  }

  @Override
  public void requestHeadersEnd(Call call, Request request) {
    writing = false;
    if (request.body() == null) {
      requestEnds();
    }
  }

  /** It only has to be flushed. */
  private void requestEnds() {
    Connection now = connection;
    if (now != null
        && now.socket() instanceof FirstBytes.Awaiting awaiting
        && !isMultiplexed(now)
        && !wantsUpgrade()) {
      awaiting.awaitsAnswer();
    }
  }

  @Override
  public void requestBodyStart(Call call) {
    writing = true;
    attempt.markUpload(Upload.RUNNING, nanoTime());
  }

  /** The network took some of the request's body. */
  void bodyGoesOn() {
    attempt.markUpload(Upload.RUNNING, nanoTime());
  }

  @Override
  public void requestBodyEnd(Call call, long bytes) {
    writing = false;
    attempt.markUpload(Upload.SENT, nanoTime());
    use.bodySent();
    attempt.markWritten(bytes);
    requestEnds();
  }

  @Override
  public void responseBodyEnd(Call call, long bytes) {
    attempt.markReceived(bytes);
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    answered = true;
    use.progressed();
    attempt.markAnsweredAt(nanoTime());
    attempt.markStatus(statusOf(response));
  }

  @Override
  public void cacheHit(Call call, Response response) {
    attempt.markCached();
  }

  /** Only a cache was asked, and it had nothing. */
  @Override
  public void satisfactionFailure(Call call, Response response) {
    attempt.markCached();
  }

  @Override
  public void callFailed(Call call, IOException failure) {
    ended();
  }

  /** Also after an unchecked exception. */
  @Override
  public void callEnd(Call call) {
    ended();
  }

  private void ended() {
    leaveLine();
    connecting.callEnded();
  }
}
