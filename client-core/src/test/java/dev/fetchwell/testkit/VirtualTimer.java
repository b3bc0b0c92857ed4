package dev.fetchwell.testkit;

import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.Timer;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;

/** Time that passes only when a test says so. Confined to the test's thread, where tasks run. */
public final class VirtualTimer implements Timer {

  /** Not zero, as a monotonic clock need not begin there; and its long overflows soon. */
  private static final long START = Long.MAX_VALUE - 1_000_000;

  private final TreeSet<Task> tasks =
      new TreeSet<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::number));

  private long elapsed;
  private long numbers;
  private boolean rejecting;

  /** A timer that has nothing to do. */
  public VirtualTimer() {}

  private record Task(long due, long number, Runnable work) {}

  @Override
  public long nanoTime() {
    return START + elapsed;
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable work) {
    if (rejecting) {
      throw new RejectedExecutionException("told to");
    }
    Task task = new Task(Math.addExact(elapsed, delay.toNanos()), numbers++, work);
    tasks.add(task);
    return () -> tasks.remove(task);
  }

  /** Whether to reject from now on. */
  public void reject(boolean all) {
    rejecting = all;
  }

  /** Lets time pass, and runs what becomes due in its order, each at its own moment. */
  public void advance(Duration time) {
    long target = Math.addExact(elapsed, time.toNanos());
    while (!tasks.isEmpty() && tasks.first().due() <= target) {
      Task next = tasks.pollFirst();
      elapsed = Math.max(elapsed, next.due());
      next.work().run();
    }
    elapsed = target;
  }

  /** Runs what is due now, such as a retry without delay. */
  public void runDue() {
    advance(Duration.ZERO);
  }

  /** How many tasks wait. */
  public int pending() {
    return tasks.size();
  }

  /** The time until the next task. */
  public Optional<Duration> nextIn() {
    return tasks.isEmpty()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(tasks.first().due() - elapsed));
  }

  /** The time since this timer was made. */
  public Duration elapsed() {
    return Duration.ofNanos(elapsed);
  }
}
