package dev.fetchwell.batch;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.concurrent.CallFuture;
import dev.fetchwell.internal.concurrent.CallThreads;
import java.util.concurrent.CompletableFuture;

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
    // Not on the caller's thread, as the sequence may block.
    run.workOn(CallThreads.shared());
    return future;
  }

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void outcome(long index, A item, Outcome<R> outcome) {
    if (collector.add(index, item, outcome)) {
      finished();
    }
  }

  @Override
  public void sequenceFailed(long index, FetchError error) {
    collector.sequenceFailed(index, error);
  }

  @Override
  public void finished() {
    future.complete(collector.result());
  }

  @Override
  public void failed(Throwable thrown) {
    future.completeExceptionally(UnexpectedError.wrap(thrown));
  }
}
