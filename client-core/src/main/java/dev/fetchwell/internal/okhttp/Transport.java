package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.policy.AddressGuard;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * A client's lease of a connection pool: the process-wide one, or that of the caller's own {@code
 * OkHttpClient}, which is never shut down.
 */
public final class Transport implements AutoCloseable {

  private final OkHttpClient pooled;

  /** The parts of the pool, where calls go that connect to any address; null if it has none. */
  private final @Nullable Lanes lanes;

  private final OpenSockets sockets;

  /** Made when it is first needed; twice at the same moment does no harm. */
  private volatile @Nullable OkHttpClient upgrading;

  private final boolean foreign;
  private final Runnable onClose;

  /** Null where any address may be connected to. */
  private final @Nullable AddressChecks checks;

  private final AtomicBoolean closed = new AtomicBoolean();

  /** Of the process-wide pool. */
  Transport(Lanes lanes, OpenSockets sockets, Runnable onClose) {
    this(lanes.first(), lanes, sockets, false, onClose, null);
  }

  /** Of a caller's own client. */
  Transport(OkHttpClient pooled, OpenSockets sockets) {
    this(pooled, null, sockets, true, () -> {}, null);
  }

  private Transport(
      OkHttpClient pooled,
      @Nullable Lanes lanes,
      OpenSockets sockets,
      boolean foreign,
      Runnable onClose,
      @Nullable AddressChecks checks) {
    this.pooled = pooled;
    this.lanes = lanes;
    this.sockets = sockets;
    this.foreign = foreign;
    this.onClose = onClose;
    this.checks = checks;
  }

  /**
   * The same lease, in place of this one, for calls that connect only where the guard lets them.
   */
  public Transport guardedBy(AddressGuard guard) {
    AddressChecks all = new AddressChecks(guard);
    OkHttpClient.Builder builder = pooled.newBuilder().dns(new GuardedDns(pooled.dns(), guard));
    builder.networkInterceptors().add(0, all);
    if (foreign && !guard.allowsProxies()) {
      builder.socketFactory(new GuardedSockets(pooled.socketFactory(), all));
    }
    return new Transport(builder.build(), lanes, sockets, foreign, onClose, all);
  }

  /** What judges the addresses; null for nothing. */
  @Nullable AddressChecks checks() {
    return checks;
  }

  /**
   * With the pool of all calls.
   *
   * @param number which of its host's permits the call has
   */
  OkHttpClient pooled(int number) {
    return lanes == null || checks != null ? pooled : lanes.of(number);
  }

  /**
   * Shares everything with {@link #pooled(int)} but the pool. For one call, which so gets a new
   * connection that no other call has: one pool for all of them would hand a connection of HTTP/2,
   * while it is used, to as many as come.
   */
  OkHttpClient fresh() {
    ConnectionPool pool = new ConnectionPool(0, 1, TimeUnit.SECONDS);
    return pooled.newBuilder().connectionPool(pool).build();
  }

  /**
   * For calls whose connection is theirs for good: HTTP/1.1 only, as nothing else can be upgraded,
   * past any cache, and in a pool of their own, so that many of them do not slow down everybody's
   * calls.
   */
  OkHttpClient upgrading() {
    OkHttpClient known = upgrading;
    if (known == null) {
      known = fresh().newBuilder().protocols(List.of(Protocol.HTTP_1_1)).cache(null).build();
      upgrading = known;
    }
    return known;
  }

  /** Cancels a call; where a caller's own event listener hears of it, on no thread of the timer. */
  void cancel(Call call, Platform platform) {
    if (foreign) {
      platform.tell(call::cancel);
    } else {
      call.cancel();
    }
  }

  /** Cancels a call, and then does something else, also if a listener throws or takes its time. */
  void cancel(Call call, Platform platform, Runnable then) {
    if (then == ConnectionWatch.NOTHING) {
      cancel(call, platform);
    } else if (foreign) {
      platform.tell(
          () -> {
            try {
              call.cancel();
            } finally {
              then.run();
            }
          });
    } else {
      call.cancel();
      platform.tell(then);
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
    int idle =
        lanes == null ? pooled.connectionPool().idleConnectionCount() : lanes.idleConnections();
    return Math.min(idle, sockets.count());
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      onClose.run();
    }
  }
}
