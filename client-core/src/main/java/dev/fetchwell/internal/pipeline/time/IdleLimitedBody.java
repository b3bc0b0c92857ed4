package dev.fetchwell.internal.pipeline.time;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.OpenBody;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Ends a body from which nothing comes for too long. */
public final class IdleLimitedBody implements OpenBody {

  private final OpenBody body;
  private final CallContext context;
  private final AtomicBoolean silent = new AtomicBoolean();

  /** Limits the silence to the idle timeout of the call. */
  public IdleLimitedBody(OpenBody body, CallContext context) {
    this.body = body;
    this.context = context;
  }

  @Override
  public int read(byte[] target) {
    Duration idle = context.options().idleTimeout();
    Cancellable timeout = context.platform().timer().schedule(idle, this::giveUp);
    try {
      return body.read(target);
    } catch (FetchError | CancellationException error) {
      if (silent.get()) {
        throw new FetchTimeoutError(FetchTimeoutError.Phase.IDLE, idle, context.facts(), null);
      }
      throw error;
    } finally {
      timeout.cancel();
    }
  }

  /** Off the timer's thread: it may end a call that goes on for this one, which is told. */
  private void giveUp() {
    silent.set(true);
    context.platform().continuations().execute(body::cancel);
  }

  @Override
  public void cancel() {
    body.cancel();
  }

  @Override
  public void whenEnded(Runnable action) {
    body.whenEnded(action);
  }
}
