package dev.fetchwell.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class FuturesTest {

  @Test
  void unwrapsNestedWrappers() {
    IllegalStateException cause = new IllegalStateException();

    assertThat(Futures.unwrap(new CompletionException(new ExecutionException(cause))))
        .isSameAs(cause);
    assertThat(Futures.unwrap(cause)).isSameAs(cause);
  }

  @Test
  void wrapperWithoutCauseStaysAsItIs() {
    CompletionException empty = new CompletionException("no cause", null);

    assertThat(Futures.unwrap(empty)).isSameAs(empty);
  }

  @Test
  void actionHearsTheUnwrappedErrorOfADependentFuture() {
    IllegalStateException cause = new IllegalStateException();
    CompletableFuture<String> source = new CompletableFuture<>();
    AtomicReference<Throwable> heard = new AtomicReference<>();
    Futures.whenEnded(source.thenApply(String::length), (value, thrown) -> heard.set(thrown));

    source.completeExceptionally(cause);

    assertThat(heard).hasValue(cause);
  }

  @Test
  void actionRunsAtOnceForAFutureThatHasEnded() {
    AtomicReference<String> heard = new AtomicReference<>();

    Futures.whenEnded(CompletableFuture.completedFuture("v"), (value, thrown) -> heard.set(value));

    assertThat(heard).hasValue("v");
  }
}
