package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.Delay;
import dev.fetchwell.internal.async.Platform;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Waits for one thing after the other on a call thread so that another thread can cancel the wait:
 * for responses, for time to pass, and for any other future.
 */
final class CancellableWait implements Cancellable {

  private final Platform platform;

  /** Ends when this is cancelled, and gives up what is waited for, or the open response, then. */
  private final CallFuture<@Nullable Void> cancelled = new CallFuture<>();

  CancellableWait(Platform platform) {
    this.platform = platform;
  }

  boolean isCancelled() {
    return cancelled.isEnding();
  }

  /** Sends and waits for the headers; the response is closed by {@link #cancel} from then on. */
  StreamedResponse open(RequestSpec spec) {
    return open(spec.asStream());
  }

  /** Waits for the headers of what was sent; the response is closed by {@link #cancel} then. */
  StreamedResponse open(CompletableFuture<StreamedResponse> sent) {
    StreamedResponse response = await(sent);
    boolean unused = cancelled.holds(response::close);
    return response;
  }

  /** What is waited for later, and is cancelled by {@link #cancel} from now on. */
  <T extends @Nullable Object> CompletableFuture<T> register(CompletableFuture<T> future) {
    boolean unused = cancelled.holds(() -> future.cancel(false));
    return future;
  }

  /**
   * Waits.
   *
   * @throws FetchError the future's error as it is
   * @throws CancellationException if it was cancelled
   */
  <T extends @Nullable Object> T await(CompletableFuture<T> future) {
    try {
      return register(future).join();
    } catch (CompletionException failed) {
      FetchError error = FetchError.of(failed);
      if (error != null) {
        throw error;
      }
      throw failed;
    }
  }

  /**
   * Waits for time to pass.
   *
   * @throws CancellationException if it was cancelled
   */
  void pause(Duration duration) {
    Delay delay = platform.delay(duration);
    cancelled.run(delay, Delay::arm);
    await(delay);
    if (isCancelled()) {
      throw new CancellationException("cancelled while waiting");
    }
  }

  @Override
  public void cancel() {
    cancelled.cancel();
  }
}
