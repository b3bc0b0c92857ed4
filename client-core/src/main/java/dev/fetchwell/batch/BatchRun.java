package dev.fetchwell.batch;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.concurrent.Futures;
import dev.fetchwell.observe.Progress;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A batch that runs: items are started in one {@link Turn} and handed over in another. So neither
 * the sequence and the function nor the sink are called by two threads at once, a sequence that
 * blocks does not hold up what has ended, and an item that ends at once leads to a loop and not to
 * nested calls. What only one turn touches needs no lock.
 */
final class BatchRun<A, R> {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  private final Supplier<Iterator<? extends A>> items;
  private final Function<? super A, ? extends CompletableFuture<R>> call;
  private final int concurrency;
  private final long total;
  private final @Nullable Progress progress;
  private final Sink<A, R> sink;

  private final Turn starting = new Turn(this::startAll);
  private final Turn handingOver = new Turn(this::handOverAll);

  /** Items that ended and were not handed over; any thread adds. */
  private final ConcurrentLinkedQueue<Ended<A, R>> ended = new ConcurrentLinkedQueue<>();

  /** Futures to cancel; any thread removes. */
  private final Map<Long, CompletableFuture<R>> running = new ConcurrentHashMap<>();

  /** Items that were started and not handed over. */
  private final AtomicInteger active = new AtomicInteger();

  private volatile boolean stopped;

  /** Written by the starting turn when no further item comes. */
  private volatile @Nullable End end;

  /** Of the starting turn. */
  private @Nullable Iterator<? extends A> iterator;

  private long started;

  /** Of the turn that hands over. */
  private long done;

  private boolean endWasTold;

  /** What becomes of the outcomes. Called by one thread at a time; what it throws fails the run. */
  interface Sink<A, R> {

    /** Whether an outcome can be handed over now; if not, {@link BatchRun#workOn} must follow. */
    boolean isReady();

    void outcome(long index, A item, Outcome<R> outcome);

    /** The sequence threw in place of giving the item of that index; what runs may go on. */
    void sequenceFailed(long index, FetchError error);

    /** All items have been handed over. */
    void finished();

    /** One of the methods above threw; what runs has been cancelled. */
    void failed(Throwable thrown);
  }

  private record Ended<A, R>(long index, A item, Outcome<R> outcome) {}

  private record End(long index, @Nullable FetchError error) {}

  BatchRun(
      Supplier<Iterator<? extends A>> items,
      Function<? super A, ? extends CompletableFuture<R>> call,
      int concurrency,
      long total,
      @Nullable Progress progress,
      Sink<A, R> sink) {
    this.items = items;
    this.call = call;
    this.concurrency = concurrency;
    this.total = total;
    this.progress = progress;
    this.sink = sink;
  }

  /** Cancels all that runs; nothing is handed over any more. Callable from any thread. */
  void stop() {
    stopped = true;
    running.values().forEach(future -> future.cancel(false));
  }

  /** Hands over and starts what can be, on a thread of the executor: both may block. */
  void workOn(Executor executor) {
    if (!handingOver.ask()) {
      return;
    }
    try {
      executor.execute(
          () -> {
            handingOver.take();
            starting.run();
          });
    } catch (RejectedExecutionException | OutOfMemoryError noThread) {
      // The turn is ours, and nobody gets it any more.
      stop();
      sink.failed(noThread);
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
      stop();
      sink.failed(thrown);
    }
  }

  private void handOver(Ended<A, R> next) {
    done++;
    if (progress != null) {
      try {
        progress.update(done, total);
      } catch (Throwable thrown) {
        LOG.log(System.Logger.Level.WARNING, "a Progress threw", thrown);
      }
    }
    if (!stopped) {
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

  private void startAll() {
    try {
      while (!stopped && end == null && active.get() < concurrency) {
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
      iterator = items.get();
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
    running.put(index, future);
    if (stopped) {
      future.cancel(false);
    }
    Futures.whenEnded(
        future,
        (value, thrown) -> {
          running.remove(index);
          ended.add(new Ended<>(index, item, outcome(value, thrown)));
          handingOver.run();
          starting.run();
        });
  }

  private CompletableFuture<R> begin(A item, long index) {
    try {
      if (item == null) {
        throw new NullPointerException("item " + index + " of the batch is null");
      }
      CompletableFuture<R> future = call.apply(item);
      if (future == null) {
        throw new NullPointerException("the batch's function returned null");
      }
      return future;
    } catch (Throwable thrown) {
      // Checked ones, too: other languages, and some libraries, throw them from anywhere.
      return CompletableFuture.failedFuture(thrown);
    }
  }

  @SuppressWarnings("NullAway") // A value is null only where the function's future gave null.
  private Outcome<R> outcome(@Nullable R value, @Nullable Throwable thrown) {
    return thrown == null
        ? new Outcome.Success<>(value)
        : new Outcome.Failure<>(UnexpectedError.wrap(thrown));
  }
}
