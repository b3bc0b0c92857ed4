package dev.fetchwell.batch;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.concurrent.CallThreads;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A batch as a publisher: outcomes are handed over, and items started, by demand. */
final class BatchPublisher<A, R> implements Flow.Publisher<Batch.Result<A, R>> {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  private final Batch<A, R> batch;

  BatchPublisher(Batch<A, R> batch) {
    this.batch = batch;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super Batch.Result<A, R>> subscriber) {
    if (subscriber == null) {
      throw new NullPointerException("subscriber");
    }
    Running<A, R> running = new Running<>(batch, subscriber);
    subscriber.onSubscribe(running);
    running.ready();
  }

  /** Signals the subscriber only from within its run, so one at a time. */
  private static final class Running<A, R> implements BatchRun.Sink<A, R>, Flow.Subscription {

    private final BatchRun<A, R> run;

    /** Results asked for and not handed over. */
    private final AtomicLong demand = new AtomicLong();

    private final AtomicBoolean subscribed = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable IllegalArgumentException misuse;

    /** Dropped when it ends, as a cancelled subscription must not keep its subscriber. */
    private volatile Flow.@Nullable Subscriber<? super Batch.Result<A, R>> subscriber;

    private Running(Batch<A, R> batch, Flow.Subscriber<? super Batch.Result<A, R>> subscriber) {
      this.subscriber = subscriber;
      this.run = batch.run(this);
    }

    private void ready() {
      subscribed.set(true);
      if (demand.get() > 0) {
        run.workOn(CallThreads.shared());
      }
    }

    @Override
    public void request(long n) {
      if (n <= 0) {
        misuse = new IllegalArgumentException("request: " + n + " (expected: >= 1)");
      }
      long more = Math.max(1, n);
      demand.getAndUpdate(now -> now + more < 0 ? Long.MAX_VALUE : now + more);
      if (subscribed.get() && !ended.get()) {
        run.workOn(CallThreads.shared());
      }
    }

    @Override
    public void cancel() {
      subscriber = null;
      if (ended.compareAndSet(false, true)) {
        run.stop();
      }
    }

    @Override
    public boolean isReady() {
      IllegalArgumentException illegal = misuse;
      if (illegal != null) {
        throw illegal;
      }
      return demand.get() > 0;
    }

    @Override
    public void outcome(long index, A item, Outcome<R> outcome) {
      demand.decrementAndGet();
      signal(target -> target.onNext(new Batch.Result<>(item, outcome)));
    }

    @Override
    public void sequenceFailed(long index, FetchError error) {
      throw error;
    }

    @Override
    public void finished() {
      if (ended.compareAndSet(false, true)) {
        signal(Flow.Subscriber::onComplete);
        subscriber = null;
      }
    }

    @Override
    public void failed(Throwable thrown) {
      if (ended.compareAndSet(false, true)) {
        Throwable told = thrown == misuse ? thrown : UnexpectedError.wrap(thrown);
        signal(target -> target.onError(told));
        subscriber = null;
      }
    }

    private void signal(Consumer<Flow.Subscriber<? super Batch.Result<A, R>>> signal) {
      Flow.Subscriber<? super Batch.Result<A, R>> target = subscriber;
      if (target == null) {
        return;
      }
      try {
        signal.accept(target);
      } catch (Throwable thrown) {
        // Reactive Streams, rule 2.13: it counts as cancelled and gets no further signal.
        LOG.log(System.Logger.Level.WARNING, "a subscriber threw", thrown);
        cancel();
      }
    }
  }
}
