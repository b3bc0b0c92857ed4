package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.async.Platform;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Call;
import okhttp3.OkHttpClient;

/**
 * A client's lease of a connection pool: the process-wide one, or that of the caller's own {@code
 * OkHttpClient}, which is never shut down.
 */
public final class Transport implements AutoCloseable {

  private final OkHttpClient pooled;
  private final OkHttpClient fresh;
  private final OpenSockets sockets;
  private final boolean foreign;
  private final Runnable onClose;
  private final AtomicBoolean closed = new AtomicBoolean();

  Transport(
      OkHttpClient pooled,
      OkHttpClient fresh,
      OpenSockets sockets,
      boolean foreign,
      Runnable onClose) {
    this.pooled = pooled;
    this.fresh = fresh;
    this.sockets = sockets;
    this.foreign = foreign;
    this.onClose = onClose;
  }

  OkHttpClient pooled() {
    return pooled;
  }

  /** Shares everything with {@link #pooled} but the pool: each call gets a new connection. */
  OkHttpClient fresh() {
    return fresh;
  }

  /** Cancels a call; where a caller's own event listener hears of it, on no thread of the timer. */
  void cancel(Call call, Platform platform) {
    if (foreign) {
      platform.tell(call::cancel);
    } else {
      call.cancel();
    }
  }

  OpenSockets sockets() {
    return sockets;
  }

  /** Connections open now or being opened, also those that other clients of the pool use. */
  public int openConnections() {
    return sockets.count();
  }

  /** Connections that carry no call now. */
  public int idleConnections() {
    // OkHttp also counts those that are closed already, and those of its owner's own calls.
    return Math.min(pooled.connectionPool().idleConnectionCount(), sockets.count());
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      onClose.run();
    }
  }
}
