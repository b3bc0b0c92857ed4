package dev.fetchwell.internal.transport;

import dev.fetchwell.internal.concurrent.Timer;
import dev.fetchwell.internal.concurrent.Timer.Scheduled;
import dev.fetchwell.internal.pipeline.Attempt;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Watches one OkHttp call: how far it came, on what kind of connection, and whether connecting took
 * too long. OkHttp calls it from the call's thread and, while connecting, from its own; so each
 * field is volatile or atomic and only ever goes one way.
 */
final class WireCall extends EventListener {

  private final Attempt attempt;
  private final Timer timer;
  private final Duration connectTimeout;
  private final AtomicBoolean connecting = new AtomicBoolean();

  private volatile Scheduled connectTimer = Scheduled.NONE;
  private volatile boolean connected;
  private volatile boolean sent;
  private volatile boolean answered;
  private volatile boolean connectTimedOut;
  private volatile boolean over;
  private volatile @Nullable String hiddenRetryAfter;
  private volatile int hiddenStatus;

  WireCall(Attempt attempt, Timer timer, Duration connectTimeout) {
    this.attempt = attempt;
    this.timer = timer;
    this.connectTimeout = connectTimeout;
  }

  boolean sent() {
    return sent;
  }

  boolean connected() {
    return connected;
  }

  boolean connectTimedOut() {
    return connectTimedOut;
  }

  /** Whether a connection of the pool was taken and gave no byte of an answer. */
  boolean lostReusedConnection() {
    return connected && !connecting.get() && sent && !answered;
  }

  Attempt attempt() {
    return attempt;
  }

  Duration connectTimeout() {
    return connectTimeout;
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

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    stopIfCancelled(call);
    if (connecting.compareAndSet(false, true)) {
      connectTimer = timer.schedule(connectTimeout, () -> giveUpConnecting(call));
      // A thread of OkHttp's may still begin to connect for a call that is over.
      if (over) {
        connectTimer.cancel();
      }
    }
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

  private void giveUpConnecting(Call call) {
    if (!connected) {
      connectTimedOut = true;
      call.cancel();
    }
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    connected = true;
    connectTimer.cancel();
  }

  @Override
  public void requestHeadersStart(Call call) {
    sent = true;
    attempt.markSent();
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    answered = true;
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
    over = true;
    connectTimer.cancel();
  }
}
