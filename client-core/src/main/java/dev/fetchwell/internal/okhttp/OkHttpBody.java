package dev.fetchwell.internal.okhttp;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.EndActions;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.OpenBody;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.Call;
import okhttp3.Response;

/**
 * A streamed body. The lock is held while a thread reads, for OkHttp's sources are not thread-safe;
 * cancelling does not wait for it but breaks the connection, and whoever leaves the lock last
 * closes the response.
 */
final class OkHttpBody implements OpenBody {

  private static final Duration LONG_WAIT = Duration.ofSeconds(1);

  private final Call call;
  private final Response response;
  private final WireCall wire;
  private final CallContext context;
  private final Transport transport;
  private final ReentrantLock reading = new ReentrantLock();
  private final AtomicBoolean finished = new AtomicBoolean();
  private final EndActions atTheEnd = new EndActions();
  private volatile long waitsSince;
  private volatile boolean waits;

  OkHttpBody(
      Call call, Response response, WireCall wire, CallContext context, Transport transport) {
    this.call = call;
    this.response = response;
    this.wire = wire;
    this.context = context;
    this.transport = transport;
  }

  @Override
  public int read(byte[] target) {
    int count = -1;
    FetchError error = null;
    reading.lock();
    try {
      waitsSince = context.platform().timer().nanoTime();
      waits = true;
      count = response.body().source().read(target);
    } catch (Throwable thrown) {
      transport.cancel(call, context.platform());
      error = OkHttpFailures.toError(thrown, wire, context);
    } finally {
      waits = false;
      reading.unlock();
    }
    if (count < 0) {
      finished.set(true);
    }
    closeIfFinished();
    if (error != null) {
      throw error;
    }
    return count;
  }

  @Override
  public void cancel() {
    if (finished.compareAndSet(false, true)) {
      transport.cancel(call, context.platform(), doubtConnection());
    }
    closeIfFinished();
  }

  /** How long a wait puts the connection in doubt, and how long its peer has to answer a ping. */
  static Duration patience(Duration limit) {
    Duration part = limit.dividedBy(4);
    return part.compareTo(LONG_WAIT) < 0 ? part : LONG_WAIT;
  }

  private Runnable doubtConnection() {
    Duration patience = patience(context.options().idleTimeout());
    long waited = context.platform().timer().nanoTime() - waitsSince;
    return waits && waited >= patience.toNanos()
        ? wire.use().waitedInVain(patience, context.platform())
        : ConnectionWatch.NOTHING;
  }

  @Override
  public void whenEnded(Runnable action) {
    atTheEnd.add(action);
  }

  private void closeIfFinished() {
    if (!finished.get() || !reading.tryLock()) {
      return;
    }
    try {
      response.close();
    } catch (Throwable thrown) {
      // Such as a caller's event listener: the end must be told all the same.
      Guard.report(thrown);
    } finally {
      wire.use().leave();
      reading.unlock();
      atTheEnd.run();
    }
  }
}
