package dev.fetchwell;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.concurrent.CallFuture;
import dev.fetchwell.internal.concurrent.Futures;
import java.util.concurrent.CompletableFuture;

/** Futures of values as futures of outcomes. */
final class Outcomes {

  private Outcomes() {}

  static <T> CompletableFuture<Outcome<T>> of(CompletableFuture<T> call) {
    CallFuture<Outcome<T>> outer = new CallFuture<>();
    outer.givesUp(() -> call.cancel(false));
    Futures.whenEnded(
        call,
        (value, thrown) -> {
          if (thrown == null) {
            outer.complete(new Outcome.Success<>(value));
          } else if (thrown instanceof FetchError error) {
            outer.complete(new Outcome.Failure<>(error));
          } else {
            outer.completeExceptionally(thrown);
          }
        });
    return outer;
  }
}
