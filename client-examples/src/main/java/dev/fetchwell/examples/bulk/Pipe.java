package dev.fetchwell.examples.bulk;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one stage hands to the next: bounded, so that the faster one waits, with an end and with
 * failures, which run from either side to the other. Thread-safe.
 */
public final class Pipe<T> {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<T> items = new ArrayDeque<>();
  private final int capacity;
  private int deepest;
  private boolean ended;
  private boolean abandoned;
  private @Nullable Throwable failure;

  /** A pipe for so many items. */
  public Pipe(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Puts an item in, once there is room.
   *
   * @throws CancellationException if nobody takes items any more
   */
  public void put(T item) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (items.size() >= capacity && !abandoned) {
        changed.await();
      }
      if (abandoned) {
        throw new CancellationException("the next stage has stopped");
      }
      items.add(item);
      deepest = Math.max(deepest, items.size());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the oldest item, once there is one; null after the last.
   *
   * @throws IllegalStateException if the stage before failed; its cause says how
   */
  public @Nullable T take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (items.isEmpty() && !ended && failure == null) {
        changed.await();
      }
      if (failure != null) {
        throw new IllegalStateException("the stage before failed: " + failure, failure);
      }
      T item = items.poll();
      changed.signalAll();
      return item;
    } finally {
      lock.unlock();
    }
  }

  /** No item comes after those that are in. */
  public void end() {
    change(() -> ended = true);
  }

  /** No item comes, because of this. */
  public void fail(Throwable thrown) {
    change(() -> failure = failure == null ? thrown : failure);
  }

  /** Nobody takes items any more. */
  public void abandon() {
    change(() -> abandoned = true);
  }

  private void change(Runnable what) {
    lock.lock();
    try {
      what.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The most items that were in at once. */
  public int deepest() {
    lock.lock();
    try {
      return deepest;
    } finally {
      lock.unlock();
    }
  }
}
