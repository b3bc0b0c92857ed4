package dev.fetchwell.batch;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.Demand;
import dev.fetchwell.internal.async.Guard;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A batch as a publisher: outcomes are handed over, and items started, by demand. */
final class BatchPublisher<A, R> implements Flow.Publisher<Batch.Result<A, R>> {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  private final BatchPlan<A, R> plan;

  BatchPublisher(BatchPlan<A, R> plan) {
    this.plan = plan;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super Batch.Result<A, R>> subscriber) {
    if (subscriber == null) {
      throw new NullPointerException("subscriber");
    }
    Running<A, R> running = new Running<>(plan, subscriber);
    try {
      subscriber.onSubscribe(running);
    } catch (Throwable thrown) {
      // Reactive Streams, rule 2.13: it counts as cancelled and gets no further signal.
      running.cancel();
      Guard.report(thrown);
      return;
    }
    running.ready();
  }

  /** Signals the subscriber only from within its run, so one at a time. */
  private static final class Running<A, R> implements BatchRun.Sink<A, R>, Flow.Subscription {

    private final BatchRun<A, R> run;
    private final Demand demand = new Demand(0);
    private final AtomicBoolean subscribed = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();

    /** Dropped when it ends, as a cancelled subscription must not keep its subscriber. */
    private volatile Flow.@Nullable Subscriber<? super Batch.Result<A, R>> subscriber;

    private Running(BatchPlan<A, R> plan, Flow.Subscriber<? super Batch.Result<A, R>> subscriber) {
      this.subscriber = subscriber;
      this.run = new BatchRun<>(plan, this);
    }

    private void ready() {
      subscribed.set(true);
      if (demand.open() > 0) {
        run.proceed();
      }
    }

    @Override
    public void request(long n) {
      // While there is demand, whatever ends an item hands it over.
      boolean waits = demand.add(n) == 0 || demand.misuse() != null;
      if (waits && subscribed.get() && !ended.get()) {
        run.proceed();
      }
    }

    @Override
    public void cancel() {
      subscriber = null;
      if (ended.compareAndSet(false, true)) {
        run.cancel();
      }
    }

    @Override
    public boolean isReady() {
      IllegalArgumentException illegal = demand.misuse();
      if (illegal != null) {
        throw illegal;
      }
      return demand.open() > 0;
    }

    @Override
    public void outcome(long index, A item, Outcome<R> outcome) {
      demand.met(1);
      Flow.Subscriber<? super Batch.Result<A, R>> target = subscriber;
      if (target == null) {
        run.unclaimed().closeValueOf(outcome);
      } else {
        signal(target, to -> to.onNext(new Batch.Result<>(item, outcome)));
      }
    }

    @Override
    public void sequenceFailed(long index, FetchError error) {
      throw error;
    }

    @Override
    public void finished() {
      end(Flow.Subscriber::onComplete);
    }

    @Override
    public void failed(Throwable thrown) {
      IllegalArgumentException illegal = demand.misuse();
      Throwable told = illegal == null ? UnexpectedError.wrap(thrown) : illegal;
      end(target -> target.onError(told));
    }

    @Override
    public void stopped() {
      // What was handed over is the subscriber's.
    }

    private void end(Consumer<Flow.Subscriber<? super Batch.Result<A, R>>> signal) {
      Flow.Subscriber<? super Batch.Result<A, R>> target = subscriber;
      if (ended.compareAndSet(false, true) && target != null) {
        signal(target, signal);
        subscriber = null;
      }
    }

    private void signal(
        Flow.Subscriber<? super Batch.Result<A, R>> target,
        Consumer<Flow.Subscriber<? super Batch.Result<A, R>>> signal) {
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
