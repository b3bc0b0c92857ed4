package dev.fetchwell.testing;

import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes only when it is moved. Thread-safe; what becomes due runs on the thread that
 * moves it, and under no lock.
 */
final class VirtualTime implements Timer, InstantSource {

  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

  /** Guarded by this, as are the two below. */
  private final TreeSet<Task> tasks =
      new TreeSet<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::number));

  private long elapsed;
  private long scheduled;

  private record Task(long due, long number, Runnable work) {}

  @Override
  public synchronized long nanoTime() {
    return elapsed;
  }

  @Override
  public synchronized Instant instant() {
    return START.plusNanos(elapsed);
  }

  @Override
  public synchronized Cancellable schedule(Duration delay, Runnable work) {
    Task task = new Task(Math.addExact(elapsed, delay.toNanos()), scheduled++, work);
    tasks.add(task);
    return () -> remove(task);
  }

  private synchronized void remove(Task task) {
    tasks.remove(task);
  }

  /** Lets time pass, and runs what becomes due in its order, each at its own moment. */
  void advance(Duration time) {
    long target = Math.addExact(nanoTime(), time.toNanos());
    for (Task next = takeDue(target); next != null; next = takeDue(target)) {
      next.work().run();
    }
    synchronized (this) {
      // A task may have moved it further.
      elapsed = Math.max(elapsed, target);
    }
  }

  private synchronized @Nullable Task takeDue(long target) {
    if (tasks.isEmpty() || tasks.first().due() > target) {
      return null;
    }
    Task next = tasks.pollFirst();
    if (next != null) {
      elapsed = Math.max(elapsed, next.due());
    }
    return next;
  }

  /** Moves to the next moment at which something is due; false if there is none. */
  boolean advanceToNext() {
    Duration left;
    synchronized (this) {
      if (tasks.isEmpty()) {
        return false;
      }
      left = Duration.ofNanos(Math.max(0, tasks.first().due() - elapsed));
    }
    advance(left);
    return true;
  }
}
