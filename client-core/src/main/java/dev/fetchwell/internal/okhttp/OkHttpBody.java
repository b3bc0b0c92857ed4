package dev.fetchwell.internal.okhttp;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.EndActions;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.OpenBody;
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

  private final Call call;
  private final Response response;
  private final WireCall wire;
  private final CallContext context;
  private final Transport transport;
  private final ReentrantLock reading = new ReentrantLock();
  private final AtomicBoolean finished = new AtomicBoolean();
  private final EndActions atTheEnd = new EndActions();

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
      count = response.body().source().read(target);
    } catch (Throwable thrown) {
      transport.cancel(call, context.platform());
      error = OkHttpFailures.toError(thrown, wire, context);
    } finally {
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
      transport.cancel(call, context.platform());
    }
    closeIfFinished();
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
      reading.unlock();
      atTheEnd.run();
    }
  }
}
