package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.concurrent.CallFuture;
import dev.fetchwell.internal.concurrent.Timer;
import dev.fetchwell.internal.concurrent.Timer.Scheduled;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Runs work that fails, and is cancelled, when a time has passed. */
final class TimeLimit {

  private TimeLimit() {}

  static CompletableFuture<Reply> within(
      Duration limit,
      Timer timer,
      Supplier<? extends FetchError> onTimeout,
      Supplier<CompletableFuture<Reply>> work) {
    CallFuture<Reply> outer = new CallFuture<>();
    Scheduled timeout = timer.schedule(limit, () -> outer.completeExceptionally(onTimeout.get()));
    CompletableFuture<Reply> inner = work.get();
    outer.follow(inner, Reply::discard);
    outer.givesUp(
        () -> {
          timeout.cancel();
          inner.cancel(false);
        });
    return outer;
  }
}
