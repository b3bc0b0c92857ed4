package dev.fetchwell.batch;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What became of the jobs of a queue. Thread-safe. */
final class WorkQueueCounts {

  private final AtomicInteger running = new AtomicInteger();

  /** Filled before anybody sees it, and never changed. */
  private final Map<QueuedJob.End, LongAdder> ends = new EnumMap<>(QueuedJob.End.class);

  private final LongAdder begun = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder waitedNanos = new LongAdder();

  WorkQueueCounts() {
    for (QueuedJob.End end : QueuedJob.End.values()) {
      ends.put(end, new LongAdder());
    }
  }

  /** A worker is at a job, or no longer. */
  void running(int more) {
    running.addAndGet(more);
  }

  /**
   * A job begins to run.
   *
   * @param waited since it was accepted, in nanoseconds
   */
  void firstRun(long waited) {
    begun.increment();
    waitedNanos.add(waited);
  }

  void retry() {
    retries.increment();
  }

  void ended(QueuedJob.End how) {
    counter(how).increment();
  }

  private LongAdder counter(QueuedJob.End end) {
    return Objects.requireNonNull(ends.get(end));
  }

  private long count(QueuedJob.End end) {
    return counter(end).sum();
  }

  WorkQueueStats stats(int submitting, int open) {
    int atWork = running.get();
    long first = begun.sum();
    return new WorkQueueStats(
        submitting,
        Math.max(0, open - atWork),
        atWork,
        count(QueuedJob.End.DONE),
        count(QueuedJob.End.DEAD),
        count(QueuedJob.End.CANCELLED) + count(QueuedJob.End.LEFT),
        retries.sum(),
        Duration.ofNanos(first == 0 ? 0 : waitedNanos.sum() / first));
  }
}
