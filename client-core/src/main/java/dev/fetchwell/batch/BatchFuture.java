package dev.fetchwell.batch;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.concurrent.CallFuture;
import dev.fetchwell.internal.concurrent.CallThreads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/** A batch whose outcomes are gathered into one future. */
final class BatchFuture<A, R, V> implements BatchRun.Sink<A, R> {

  private final CallFuture<V> future = new CallFuture<>();
  private final Collectors.Collector<A, R, V> collector;
  private final BatchRun<A, R> run;

  BatchFuture(Batch<A, R> batch, Collectors.Collector<A, R, V> collector) {
    this.collector = collector;
    this.run = batch.run(this);
  }

  CompletableFuture<V> start() {
    future.givesUp(run::stop);
    try {
      // Not on the caller's thread, as the sequence may block.
      CallThreads.shared().execute(run::work);
    } catch (RejectedExecutionException | OutOfMemoryError noThread) {
      future.completeExceptionally(UnexpectedError.wrap(noThread));
    }
    return future;
  }

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void outcome(long index, A item, Outcome<R> outcome) {
    collector.add(index, item, outcome).ifPresent(future::complete);
  }

  @Override
  public void finished() {
    try {
      future.complete(collector.finish());
    } catch (FetchError error) {
      future.completeExceptionally(error);
    }
  }

  @Override
  public void failed(Throwable thrown) {
    try {
      future.complete(collector.fail(UnexpectedError.wrap(thrown)));
    } catch (FetchError error) {
      future.completeExceptionally(error);
    }
  }
}
