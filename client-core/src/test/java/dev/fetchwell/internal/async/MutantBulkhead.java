package dev.fetchwell.internal.async;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/** {@link AsyncBulkhead}'s rules with a fault each, to see whether a test would find it. */
final class MutantBulkhead {

  enum Fault {
    NONE,
    LOSES_PERMIT_OF_CANCELLED,
    OVERLOOKS_WAITER
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Waiter> waiters = new ArrayDeque<>();
  private final Fault fault;
  private int free;

  MutantBulkhead(int permits, Fault fault) {
    this.free = permits;
    this.fault = fault;
  }

  CompletableFuture<Boolean> acquire() {
    lock.lock();
    try {
      if (free > 0) {
        free--;
        return CompletableFuture.completedFuture(true);
      }
      Waiter waiter = new Waiter();
      waiters.add(waiter);
      return waiter;
    } finally {
      lock.unlock();
    }
  }

  void release() {
    Waiter next;
    lock.lock();
    try {
      next = waiters.poll();
      if (next == null && fault != Fault.OVERLOOKS_WAITER) {
        free++;
      }
    } finally {
      lock.unlock();
    }
    if (next != null) {
      boolean granted = next.complete(true);
      if (!granted && fault != Fault.LOSES_PERMIT_OF_CANCELLED) {
        release();
      }
    } else if (fault == Fault.OVERLOOKS_WAITER) {
      lock.lock();
      try {
        free++;
      } finally {
        lock.unlock();
      }
    }
  }

  private final class Waiter extends CompletableFuture<Boolean> {

    @Override
    public boolean cancel(boolean mayInterrupt) {
      lock.lock();
      try {
        waiters.remove(this);
      } finally {
        lock.unlock();
      }
      return super.cancel(mayInterrupt);
    }
  }
}
