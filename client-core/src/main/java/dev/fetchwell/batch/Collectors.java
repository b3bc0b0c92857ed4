package dev.fetchwell.batch;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.concurrent.CallThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the terminal methods of {@link Batch} make of the outcomes. Used by one thread at a time.
 */
final class Collectors {

  private static final int MAX_SUPPRESSED = 20;

  private Collectors() {}

  /** Gathers outcomes up to a result. */
  interface Collector<A, R, V> {

    /**
     * Takes an outcome.
     *
     * @return the result, if no more outcomes are needed
     * @throws FetchError if the batch fails by it
     */
    Optional<V> add(long index, A item, Outcome<R> outcome);

    /**
     * The result after the last outcome.
     *
     * @throws FetchError if there is none
     */
    V finish();

    /**
     * The result after the sequence or a handler threw.
     *
     * @throws FetchError if there is none
     */
    default V fail(FetchError error) {
      throw error;
    }
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
    public Optional<List<R>> add(long index, A item, Outcome<R> outcome) {
      put(values, index, outcome.orElseThrow());
      return Optional.empty();
    }

    @Override
    @SuppressWarnings("NullAway") // Every place was filled.
    public List<R> finish() {
      return values;
    }
  }

  static final class Settled<A, R> implements Collector<A, R, List<Outcome<R>>> {

    private final List<@Nullable Outcome<R>> outcomes = new ArrayList<>();

    @Override
    public Optional<List<Outcome<R>>> add(long index, A item, Outcome<R> outcome) {
      put(outcomes, index, outcome);
      return Optional.empty();
    }

    @Override
    @SuppressWarnings("NullAway") // Every place was filled.
    public List<Outcome<R>> finish() {
      return outcomes;
    }

    /** What had not ended when the sequence threw was cancelled by that. */
    @Override
    public List<Outcome<R>> fail(FetchError error) {
      outcomes.replaceAll(known -> known == null ? new Outcome.Failure<>(error) : known);
      outcomes.add(new Outcome.Failure<>(error));
      return finish();
    }
  }

  static final class First<A, R> implements Collector<A, R, R> {

    private final List<FetchError> failures = new ArrayList<>();

    @Override
    public Optional<R> add(long index, A item, Outcome<R> outcome) {
      if (outcome instanceof Outcome.Failure<R> failure) {
        failures.add(failure.error());
        if (failures.size() > MAX_SUPPRESSED) {
          failures.remove(0);
        }
        return Optional.empty();
      }
      return Optional.ofNullable(outcome.orElseThrow());
    }

    @Override
    public R finish() {
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
    private final long startNanos = CallThreads.timer().nanoTime();
    private long succeeded;
    private long failed;

    Each(BiConsumer<? super A, ? super Outcome<R>> handler) {
      this.handler = handler;
    }

    @Override
    public Optional<BatchSummary> add(long index, A item, Outcome<R> outcome) {
      if (outcome.isSuccess()) {
        succeeded++;
      } else {
        failed++;
      }
      handler.accept(item, outcome);
      return Optional.empty();
    }

    @Override
    public BatchSummary finish() {
      Duration elapsed = Duration.ofNanos(CallThreads.timer().nanoTime() - startNanos);
      return new BatchSummary(succeeded + failed, succeeded, failed, elapsed);
    }
  }
}
