package dev.fetchwell.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** A batch's function whose calls end when the test says so. Thread-safe. */
final class StubCalls implements Function<Integer, CompletableFuture<String>> {

  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);

  // All guarded by this.
  private final List<StubCall> calls = new ArrayList<>();
  private int running;
  private int mostRunning;

  @Override
  public synchronized CompletableFuture<String> apply(Integer item) {
    StubCall call = new StubCall(item);
    calls.add(call);
    mostRunning = Math.max(mostRunning, ++running);
    notifyAll();
    return call;
  }

  /** The call that was started as number {@code index}; waits until the batch listens to it. */
  StubCall get(int index) {
    awaitStarted(index + 1);
    synchronized (this) {
      return calls.get(index);
    }
  }

  synchronized int started() {
    return calls.size();
  }

  synchronized int running() {
    return running;
  }

  synchronized int mostRunning() {
    return mostRunning;
  }

  /** Waits until so many were started and the batch listens to all of them. */
  void awaitStarted(int count) {
    await(() -> calls.size() >= count, count + " calls");
    List<StubCall> begun;
    synchronized (this) {
      begun = List.copyOf(calls.subList(0, count));
    }
    long deadline = System.nanoTime() + LIMIT_NANOS;
    for (StubCall call : begun) {
      while (call.getNumberOfDependents() == 0 && !call.isDone()) {
        if (System.nanoTime() - deadline > 0) {
          throw new AssertionError("nobody listens to " + call);
        }
        Thread.onSpinWait();
      }
    }
  }

  void awaitNoneRunning() {
    await(() -> running == 0, "no running call");
  }

  private synchronized void await(BooleanSupplier condition, String expected) {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    try {
      while (!condition.getAsBoolean()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new AssertionError("expected " + expected + ", had " + calls);
        }
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  private synchronized void ended() {
    running--;
    notifyAll();
  }

  /** Counted as ended before anybody can hear of it: dependents run last in, first out. */
  final class StubCall extends CompletableFuture<String> {

    private final int item;
    private final AtomicBoolean ended = new AtomicBoolean();

    private StubCall(int item) {
      this.item = item;
    }

    boolean succeed() {
      return complete("v" + item);
    }

    @Override
    public boolean complete(String value) {
      count();
      return super.complete(value);
    }

    @Override
    public boolean completeExceptionally(Throwable thrown) {
      count();
      return super.completeExceptionally(thrown);
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      count();
      return super.cancel(mayInterrupt);
    }

    private void count() {
      if (ended.compareAndSet(false, true)) {
        ended();
      }
    }
  }
}
