package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.concurrent.CallThreads;
import dev.fetchwell.internal.concurrent.Timer;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Waits for things on a call thread so that another thread can cancel the wait: for responses, and
 * for any other future. The waiting thread first writes what it waits for and then looks at the
 * flag; cancelling does the reverse, so one of both acts.
 */
final class Opening {

  private volatile @Nullable CompletableFuture<?> waitedFor;
  private volatile @Nullable StreamedResponse open;
  private volatile boolean cancelled;

  boolean isCancelled() {
    return cancelled;
  }

  /** Sends and waits for the headers; the response is closed by {@link #cancel} from then on. */
  StreamedResponse open(RequestSpec spec) {
    StreamedResponse response = await(spec.asStream());
    open = response;
    if (cancelled) {
      response.close();
    }
    return response;
  }

  /**
   * Waits.
   *
   * @throws FetchError the future's error as it is
   * @throws CancellationException if it was cancelled
   */
  <T extends @Nullable Object> T await(CompletableFuture<T> future) {
    waitedFor = future;
    if (cancelled) {
      future.cancel(false);
      closeLate(future);
    }
    try {
      return future.join();
    } catch (CompletionException failed) {
      FetchError error = FetchError.of(failed);
      if (error != null) {
        throw error;
      }
      throw failed;
    } finally {
      waitedFor = null;
    }
  }

  /**
   * Waits for time to pass.
   *
   * @throws CancellationException if it was cancelled
   */
  void pause(Duration duration) {
    CompletableFuture<@Nullable Void> elapsed = new CompletableFuture<>();
    Timer.Scheduled timer = CallThreads.timer().schedule(duration, () -> elapsed.complete(null));
    try {
      await(elapsed);
    } finally {
      timer.cancel();
    }
    if (cancelled) {
      throw new CancellationException("given up while waiting");
    }
  }

  void cancel() {
    cancelled = true;
    CompletableFuture<?> future = waitedFor;
    if (future != null) {
      future.cancel(false);
      closeLate(future);
    }
    StreamedResponse response = open;
    if (response != null) {
      response.close();
    }
  }

  /** A response that came at the moment of the cancel. */
  private static void closeLate(CompletableFuture<?> future) {
    if (future.isDone()
        && !future.isCompletedExceptionally()
        && future.join() instanceof StreamedResponse response) {
      response.close();
    }
  }
}
