package dev.fetchwell.batch;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.concurrent.Futures;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A batch that runs. Everything happens in {@link #work}, which one thread at a time is in: whoever
 * raises {@code pending} from zero goes in, the others only raise it. So the fields without an
 * annotation of their own need no lock, the sequence, the function and the sink are never called by
 * two threads at once, and an item that ends at once leads to a loop and not to nested calls.
 */
final class BatchRun<A, R> {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  private final Supplier<Iterator<? extends A>> items;
  private final Function<? super A, ? extends CompletableFuture<R>> call;
  private final int concurrency;
  private final long total;
  private final @Nullable Progress progress;
  private final Sink<A, R> sink;

  /** How often work was asked for since it was last looked at. */
  private final AtomicInteger pending = new AtomicInteger();

  /** Items that ended and were not handed over; any thread adds. */
  private final ConcurrentLinkedQueue<Ended<A, R>> ended = new ConcurrentLinkedQueue<>();

  /** Futures to cancel; any thread removes. */
  private final Map<Long, CompletableFuture<R>> running = new ConcurrentHashMap<>();

  private volatile boolean stopped;

  private @Nullable Iterator<? extends A> iterator;
  private boolean exhausted;
  private int active;
  private long started;
  private long done;

  /** What becomes of the outcomes. Called by one thread at a time. */
  interface Sink<A, R> {

    /** Whether an outcome can be handed over now; if not, {@link BatchRun#work} must be called. */
    boolean isReady();

    void outcome(long index, A item, Outcome<R> outcome);

    /** All items have been handed over. */
    void finished();

    /** The sequence, or {@link #outcome}, threw; what runs has been cancelled. */
    void failed(Throwable thrown);
  }

  private record Ended<A, R>(long index, A item, Outcome<R> outcome) {}

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

  void work() {
    if (pending.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    while (seen != 0) {
      try {
        workOnce();
      } catch (RuntimeException | Error thrown) {
        stop();
        sink.failed(thrown);
      }
      seen = pending.addAndGet(-seen);
    }
  }

  private void workOnce() {
    while (!stopped && sink.isReady()) {
      Ended<A, R> next = ended.poll();
      if (next == null) {
        break;
      }
      handOver(next);
    }
    while (!stopped && !exhausted && active < concurrency && ended.isEmpty()) {
      startNext();
    }
    if (!stopped && exhausted && active == 0) {
      stopped = true;
      sink.finished();
    }
  }

  private void handOver(Ended<A, R> next) {
    active--;
    done++;
    sink.outcome(next.index(), next.item(), next.outcome());
    if (progress != null) {
      try {
        progress.update(done, total);
      } catch (RuntimeException thrown) {
        LOG.log(System.Logger.Level.WARNING, "a Progress threw", thrown);
      }
    }
  }

  private void startNext() {
    if (iterator == null) {
      iterator = items.get();
    }
    if (!iterator.hasNext()) {
      exhausted = true;
      return;
    }
    A item = iterator.next();
    if (item == null) {
      throw new NullPointerException("item " + started + " of the batch is null");
    }
    long index = started++;
    active++;
    CompletableFuture<R> future = begin(item);
    running.put(index, future);
    if (stopped) {
      future.cancel(false);
    }
    Futures.whenEnded(
        future,
        (value, thrown) -> {
          running.remove(index);
          ended.add(new Ended<>(index, item, outcome(value, thrown)));
          work();
        });
  }

  private CompletableFuture<R> begin(A item) {
    try {
      CompletableFuture<R> future = call.apply(item);
      return future == null
          ? CompletableFuture.failedFuture(
              new NullPointerException("the batch's function returned null"))
          : future;
    } catch (RuntimeException | StackOverflowError thrown) {
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
