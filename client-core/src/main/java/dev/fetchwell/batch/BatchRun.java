package dev.fetchwell.batch;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.async.SerialTask;
import dev.fetchwell.observe.Progress;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A batch that runs: items are started in one {@link SerialTask} and handed over in another. So
 * neither the sequence and the function nor the sink are called by two threads at once, a sequence
 * that blocks does not hold up what has ended, and an item that ends at once leads to a loop and
 * not to nested calls. What only one task touches needs no lock.
 *
 * <p>A value belongs to the queue of what has ended, until it is taken out of it: to be handed to
 * the sink, whose it is then, or, once this has stopped, to be closed. Whoever stops this, and
 * whoever adds to the queue afterwards, empties it.
 */
final class BatchRun<A, R> implements Cancellable {

  private final BatchPlan<A, R> plan;
  private final Sink<A, R> sink;
  private final UnclaimedValues unclaimed = new UnclaimedValues();

  private final SerialTask starting = new SerialTask(this::startAll);
  private final SerialTask handingOver = new SerialTask(this::handOverAll);

  /** Items that ended and were not handed over; any thread adds. */
  private final ConcurrentLinkedQueue<Ended<A, R>> ended = new ConcurrentLinkedQueue<>();

  /** Futures to cancel; any thread removes. */
  private final Map<Long, CompletableFuture<R>> running = new ConcurrentHashMap<>();

  /** Items that were started and not handed over. */
  private final AtomicInteger active = new AtomicInteger();

  private volatile boolean stopped;

  /** Written by the starting task when no further item comes. */
  private volatile @Nullable End end;

  /** Of the starting task. */
  private @Nullable Iterator<? extends A> iterator;

  private long started;

  /** Of the task that hands over. */
  private long done;

  private boolean endWasTold;
  private boolean stopWasTold;

  /** What becomes of the outcomes. Called by one thread at a time; what it throws fails the run. */
  interface Sink<A, R> {

    /** Whether an outcome can be handed over now; if not, {@link BatchRun#proceed} must follow. */
    boolean isReady();

    /** Takes an outcome over, also if it throws. */
    void outcome(long index, A item, Outcome<R> outcome);

    /** The sequence threw in place of giving the item of that index; what runs may go on. */
    void sequenceFailed(long index, FetchError error);

    /** All items have been handed over. */
    void finished();

    /** One of the methods above threw; what runs has been cancelled. */
    void failed(Throwable thrown);

    /** No further outcome comes; called once, before {@link #failed} and after all others. */
    void stopped();
  }

  private record Ended<A, R>(long index, A item, Outcome<R> outcome) {}

  private record End(long index, @Nullable FetchError error) {}

  BatchRun(BatchPlan<A, R> plan, Sink<A, R> sink) {
    this.plan = plan;
    this.sink = sink;
  }

  /** What closes the values that the sink took over and nobody gets. */
  UnclaimedValues unclaimed() {
    return unclaimed;
  }

  /** Cancels all that runs; nothing is handed over from now on. Callable from any thread. */
  @Override
  public void cancel() {
    stopped = true;
    giveUpRunning();
    closeEnded();
    handingOver.run();
  }

  /** The last first: one that waits for a permit must not get that of one before it. */
  private void giveUpRunning() {
    for (Long index : running.keySet().stream().sorted(Comparator.reverseOrder()).toList()) {
      CompletableFuture<R> future = running.get(index);
      if (future != null) {
        giveUp(future);
      }
    }
  }

  private static void giveUp(CompletableFuture<?> future) {
    Guard.run(() -> future.cancel(false));
  }

  /** Hands over and starts what can be; not on this thread, as both may block. */
  void proceed() {
    if (!handingOver.ask()) {
      return;
    }
    try {
      plan.platform()
          .execute(
              () -> {
                handingOver.work();
                starting.run();
              });
    } catch (Throwable noThread) {
      // The task is ours, and nobody gets it now.
      cancel();
      tellStop();
      sink.failed(noThread);
      handingOver.work();
    }
  }

  private void handOverAll() {
    try {
      while (!stopped && sink.isReady()) {
        Ended<A, R> next = ended.poll();
        if (next == null) {
          break;
        }
        handOver(next);
      }
      End last = end;
      if (last != null && !stopped) {
        tell(last);
      }
    } catch (Throwable thrown) {
      cancel();
      tellStop();
      sink.failed(thrown);
    }
    if (stopped) {
      tellStop();
    }
  }

  private void handOver(Ended<A, R> next) {
    done++;
    Progress progress = plan.progress();
    if (progress != null) {
      Guard.run(() -> progress.update(done, plan.total()));
    }
    if (stopped) {
      unclaimed.closeValueOf(next.outcome());
    } else {
      sink.outcome(next.index(), next.item(), next.outcome());
    }
    active.decrementAndGet();
  }

  private void tell(End last) {
    if (last.error() != null && !endWasTold) {
      endWasTold = true;
      sink.sequenceFailed(last.index(), last.error());
    }
    if (active.get() == 0) {
      stopped = true;
      sink.finished();
    }
  }

  private void tellStop() {
    if (!stopWasTold) {
      stopWasTold = true;
      sink.stopped();
    }
  }

  private void startAll() {
    try {
      while (!stopped && end == null && active.get() < plan.concurrency()) {
        startNext();
      }
    } catch (Throwable thrown) {
      end(UnexpectedError.wrap(thrown));
    }
  }

  private void end(@Nullable FetchError error) {
    end = new End(started, error);
    handingOver.run();
  }

  private void startNext() {
    if (iterator == null) {
      iterator = plan.items().get();
    }
    if (!iterator.hasNext()) {
      end(null);
      return;
    }
    // It may have blocked for long.
    if (stopped) {
      return;
    }
    A item = iterator.next();
    if (stopped) {
      return;
    }
    long index = started++;
    active.incrementAndGet();
    CompletableFuture<R> future = begin(item, index);
    try {
      watch(future, index, item);
    } catch (Throwable thrown) {
      // A future of the user's own kind; it must not keep the batch from ending.
      giveUp(future);
      arrived(index, item, new Outcome.Failure<>(UnexpectedError.wrap(thrown)));
    }
  }

  private CompletableFuture<R> begin(A item, long index) {
    try {
      if (item == null) {
        throw new NullPointerException("item " + index + " of the batch is null");
      }
      CompletableFuture<R> future = plan.call().apply(item);
      if (future == null) {
        throw new NullPointerException("the batch's function returned null");
      }
      return future;
    } catch (Throwable thrown) {
      // Checked ones, too: other languages, and some libraries, throw them from anywhere.
      return CompletableFuture.failedFuture(thrown);
    }
  }

  private void watch(CompletableFuture<R> future, long index, A item) {
    running.put(index, future);
    if (stopped) {
      giveUp(future);
    }
    var unused =
        future.whenComplete((value, thrown) -> arrived(index, item, outcome(value, thrown)));
  }

  private void arrived(long index, A item, Outcome<R> outcome) {
    running.remove(index);
    ended.add(new Ended<>(index, item, outcome));
    if (stopped) {
      closeEnded();
    } else {
      handingOver.run();
      starting.run();
    }
  }

  private void closeEnded() {
    Ended<A, R> next = ended.poll();
    while (next != null) {
      unclaimed.closeValueOf(next.outcome());
      next = ended.poll();
    }
  }

  @SuppressWarnings("NullAway") // A value is null only where the function's future gave null.
  private Outcome<R> outcome(@Nullable R value, @Nullable Throwable thrown) {
    return thrown == null
        ? new Outcome.Success<>(value)
        : new Outcome.Failure<>(UnexpectedError.wrap(thrown));
  }
}
