package dev.fetchwell;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Guard;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a call, on a thread that may block: in a test, in a {@code main}, on a virtual thread.
 *
 * <pre>{@code
 * try {
 *   User user = Await.result(client.getJson("/users/7", User.class));
 * } catch (HttpStatusError failed) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Unlike {@code join()} and {@code get()} it wraps nothing: what is thrown is the {@link
 * FetchError} itself. As that was made on the call's thread, and is the same for all who wait, the
 * stack of the thread that waited is added to it, as {@linkplain Throwable#getSuppressed()
 * suppressed}: of the first few that waited, so that an error that is kept does not grow.
 */
public final class Await {

  /** How many of those who waited an error tells. */
  private static final int MAX_WAITERS = 4;

  private Await() {}

  /**
   * Waits until a call has ended; as long as that takes, which its own timeouts bound.
   *
   * @return the call's value
   * @throws FetchError what the call failed with; any other throwable comes as an {@code
   *     UnexpectedError}
   * @throws CancellationException if the call was cancelled, or if this thread is interrupted: the
   *     call is cancelled then, and the thread stays interrupted
   */
  public static <T extends @Nullable Object> T result(CompletableFuture<T> call) {
    Objects.requireNonNull(call, "call");
    try {
      return call.get();
    } catch (InterruptedException interrupted) {
      return interrupted(call);
    } catch (ExecutionException failed) {
      throw failure(failed);
    }
  }

  private static RuntimeException failure(Throwable thrown) {
    Throwable inner = CallFuture.unwrap(thrown);
    if (inner instanceof CancellationException cancelled) {
      return cancelled;
    }
    if (inner instanceof FetchError error) {
      addWaiter(error);
      return error;
    }
    return UnexpectedError.wrap(inner);
  }

  /** The error may be thrown by several threads at once; its own lock is that of its list. */
  private static void addWaiter(FetchError error) {
    synchronized (error) {
      int known = 0;
      for (Throwable suppressed : error.getSuppressed()) {
        known += suppressed instanceof Waited ? 1 : 0;
      }
      if (known < MAX_WAITERS) {
        error.addSuppressed(new Waited(Thread.currentThread().getName()));
      }
    }
  }

  private static <T extends @Nullable Object> T interrupted(CompletableFuture<T> call) {
    boolean cancelled = call.cancel(false);
    Thread.currentThread().interrupt();
    if (!cancelled && call.isDone()) {
      // It ended at this moment, and nobody else would get its value.
      return ended(call);
    }
    if (!cancelled) {
      var unused = call.whenComplete((late, thrown) -> close(late));
    }
    throw new CancellationException("interrupted while waiting; the call was cancelled");
  }

  private static <T extends @Nullable Object> T ended(CompletableFuture<T> call) {
    try {
      return call.join();
    } catch (CancellationException cancelled) {
      throw cancelled;
    } catch (RuntimeException failed) {
      throw failure(failed);
    }
  }

  /** A value that came too late, such as an open response. */
  private static void close(@Nullable Object late) {
    if (late instanceof AutoCloseable open) {
      Guard.run(
          () -> {
            try {
              open.close();
            } catch (Exception notClosed) {
              Guard.report(notClosed);
            }
          });
    }
  }

  /** Where somebody waited for the call that failed. */
  private static final class Waited extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private Waited(String thread) {
      super("the call was waited for here, by thread " + thread);
    }
  }
}
