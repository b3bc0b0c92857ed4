package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.async.Platform;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/**
 * A client's lease of a connection pool: the process-wide one, or that of the caller's own {@code
 * OkHttpClient}, which is never shut down.
 */
public final class Transport implements AutoCloseable {

  private final OkHttpClient pooled;
  private final OkHttpClient fresh;
  private final OkHttpClient upgrading;
  private final boolean foreign;
  private final Runnable onClose;
  private final AtomicBoolean closed = new AtomicBoolean();

  Transport(OkHttpClient pooled, OkHttpClient fresh, boolean foreign, Runnable onClose) {
    this.pooled = pooled;
    this.fresh = fresh;
    this.upgrading = fresh.newBuilder().protocols(List.of(Protocol.HTTP_1_1)).cache(null).build();
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

  /**
   * For calls whose connection is theirs for good: HTTP/1.1 only, as nothing else can be upgraded,
   * past any cache, and in the pool of {@link #fresh}, so that many of them do not slow down
   * everybody's calls.
   */
  OkHttpClient upgrading() {
    return upgrading;
  }

  /** Cancels a call; where a caller's own event listener hears of it, on no thread of the timer. */
  void cancel(Call call, Platform platform) {
    if (foreign) {
      platform.tell(call::cancel);
    } else {
      call.cancel();
    }
  }

  /** Connections open now, also those that other clients of the pool use. */
  public int openConnections() {
    return pooled.connectionPool().connectionCount() + fresh.connectionPool().connectionCount();
  }

  /** Connections that carry no call now. */
  public int idleConnections() {
    ConnectionPool pool = pooled.connectionPool();
    return pool.idleConnectionCount();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      onClose.run();
    }
  }
}
