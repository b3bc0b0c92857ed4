package dev.fetchwell.batch;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.CallerFuture;
import java.util.concurrent.CompletableFuture;

/** A batch whose outcomes are gathered into one future. */
final class BatchFuture<A, R, V> implements BatchRun.Sink<A, R> {

  private final CallFuture<V> future = new CallerFuture<>();
  private final BatchResults.Collector<A, R, V> collector;
  private final BatchRun<A, R> run;

  /** Whether the user has the result; of the thread that hands over. */
  private boolean taken;

  BatchFuture(BatchPlan<A, R> plan, BatchResults.Collector<A, R, V> collector) {
    this.collector = collector;
    this.run = new BatchRun<>(plan, this);
  }

  CompletableFuture<V> start() {
    future.run(run, BatchRun::proceed);
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
    V result = collector.result();
    run.unclaimed().claim(result);
    taken = future.complete(result);
    if (!taken) {
      // Cancelled at this moment.
      run.unclaimed().unclaim(result);
      run.cancel();
    }
  }

  @Override
  public void failed(Throwable thrown) {
    future.completeExceptionally(UnexpectedError.wrap(thrown));
  }

  @Override
  public void stopped() {
    if (!taken) {
      collector.closeAll(run.unclaimed());
    }
  }
}
