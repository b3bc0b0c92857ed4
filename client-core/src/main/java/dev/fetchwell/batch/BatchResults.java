package dev.fetchwell.batch;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the terminal methods of {@link Batch} make of the outcomes. Used by one thread at a time.
 */
final class BatchResults {

  private static final int MAX_SUPPRESSED = 20;

  private BatchResults() {}

  /** Gathers outcomes up to a result. */
  interface Collector<A, R, V> {

    /**
     * Takes an outcome.
     *
     * @return whether no further outcomes are needed
     * @throws FetchError if the batch fails by it
     */
    boolean add(long index, A item, Outcome<R> outcome);

    /**
     * The sequence ended by throwing, in place of giving the item of that index.
     *
     * @throws FetchError if the batch fails by it
     */
    default void sequenceFailed(long index, FetchError error) {
      throw error;
    }

    /**
     * The result once nothing further comes, or need be waited for.
     *
     * @throws FetchError if there is none
     */
    V result();

    /** Nobody gets the result: closes the values that were taken. */
    void closeAll(UnclaimedValues unclaimed);
  }

  /** Values by index; grows as outcomes come. */
  private static <T> void put(List<@Nullable T> list, long index, T value) {
    while (list.size() <= index) {
      list.add(null);
    }
    list.set((int) index, value);
  }

  static final class All<A, R> implements Collector<A, R, List<R>> {

    private final List<@Nullable R> values = new ArrayList<>();

    @Override
    public boolean add(long index, A item, Outcome<R> outcome) {
      put(values, index, outcome.orElseThrow());
      return false;
    }

    @Override
    public void closeAll(UnclaimedValues unclaimed) {
      values.forEach(unclaimed::close);
    }

    @Override
    @SuppressWarnings("NullAway") // Every place was filled.
    public List<R> result() {
      return values;
    }
  }

  static final class Settled<A, R> implements Collector<A, R, List<Outcome<R>>> {

    private final List<@Nullable Outcome<R>> outcomes = new ArrayList<>();

    @Override
    public boolean add(long index, A item, Outcome<R> outcome) {
      put(outcomes, index, outcome);
      return false;
    }

    @Override
    public void sequenceFailed(long index, FetchError error) {
      put(outcomes, index, new Outcome.Failure<>(error));
    }

    @Override
    public void closeAll(UnclaimedValues unclaimed) {
      outcomes.forEach(unclaimed::closeValueOf);
    }

    @Override
    @SuppressWarnings("NullAway") // Every place was filled.
    public List<Outcome<R>> result() {
      return outcomes;
    }
  }

  static final class First<A, R> implements Collector<A, R, R> {

    private final List<FetchError> failures = new ArrayList<>();
    private @Nullable Outcome<R> winner;

    @Override
    public boolean add(long index, A item, Outcome<R> outcome) {
      if (outcome instanceof Outcome.Failure<R> failure) {
        sequenceFailed(index, failure.error());
        return false;
      }
      winner = outcome;
      return true;
    }

    @Override
    public void sequenceFailed(long index, FetchError error) {
      failures.add(error);
      if (failures.size() > MAX_SUPPRESSED) {
        failures.remove(0);
      }
    }

    @Override
    public void closeAll(UnclaimedValues unclaimed) {
      unclaimed.closeValueOf(winner);
    }

    @Override
    public R result() {
      if (winner != null) {
        return winner.orElseThrow();
      }
      if (failures.isEmpty()) {
        throw UnexpectedError.wrap(new NoSuchElementException("the batch has no items"));
      }
      FetchError last = failures.remove(failures.size() - 1);
      failures.stream().filter(earlier -> earlier != last).forEach(last::addSuppressed);
      throw last;
    }
  }

  static final class Each<A, R> implements Collector<A, R, BatchSummary> {

    private final BiConsumer<? super A, ? super Outcome<R>> handler;
    private final Timer timer;
    private final long startNanos;
    private long succeeded;
    private long failed;

    Each(BiConsumer<? super A, ? super Outcome<R>> handler, Timer timer) {
      this.handler = handler;
      this.timer = timer;
      this.startNanos = timer.nanoTime();
    }

    @Override
    public boolean add(long index, A item, Outcome<R> outcome) {
      if (outcome.isSuccess()) {
        succeeded++;
      } else {
        failed++;
      }
      handler.accept(item, outcome);
      return false;
    }

    @Override
    public BatchSummary result() {
      Duration elapsed = Duration.ofNanos(timer.nanoTime() - startNanos);
      return new BatchSummary(succeeded + failed, succeeded, failed, elapsed);
    }

    @Override
    public void closeAll(UnclaimedValues unclaimed) {
      // What was taken is the handler's.
    }
  }
}
