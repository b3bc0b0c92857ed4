package dev.fetchwell.internal.async;

import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Permits, and a first-in-first-out queue of those who wait for one without blocking.
 *
 * <p>A waiter is resumed on the executor, never by the thread that releases: with thousands of
 * waiters whose work fails at once, resuming inline would nest until the stack overflows. The lock
 * guards the free permits and the links of the queue and is held for a few assignments only; no
 * future is completed and no task handed over under it. While anybody waits, no permit is free.
 *
 * <p>The number of permits may change while some are out. Who has one keeps it: where fewer are
 * left than are out, those that come back are not handed on until the numbers agree.
 *
 * <p>Permits are numbered from 0, and the number that was given back last is given out first: so
 * those who run one after the other, however many could, have the same few numbers.
 */
public final class AsyncBulkhead {

  private final ReentrantLock lock = new ReentrantLock();
  private final Executor executor;
  private final QueueLimit places;

  /** How many there are; guarded by {@code lock}, as is the next. */
  private int permits;

  /** Negative where more are out than there are. */
  private int free;

  /** The numbers that were given back; guarded by {@code lock}, as are the next two. */
  private int[] freedNumbers = new int[8];

  private int freed;

  /** How many numbers there are. */
  private int numbered;

  /** Ends of the doubly linked queue; guarded by {@code lock}, as are the links of its waiters. */
  private @Nullable Waiter first;

  private @Nullable Waiter last;

  /**
   * Creates a bulkhead.
   *
   * @param permits how many there are
   * @param places what bounds the queue, together with other bulkheads' queues
   * @param executor where waiters are resumed
   */
  public AsyncBulkhead(int permits, QueueLimit places, Executor executor) {
    this.permits = permits;
    this.free = permits;
    this.places = places;
    this.executor = executor;
  }

  /** What {@link #acquire} gives: a permit, or a place in the queue. */
  public sealed interface Place permits Permit, Waiter {}

  /**
   * Takes a permit, or a place in the queue, or nothing (null) if all places are taken. Cancelling
   * the waiter gives up the place; a permit that comes at that moment goes to the next in line.
   */
  public @Nullable Place acquire() {
    lock.lock();
    try {
      if (free > 0) {
        Permit permit = new Permit(takeNumber());
        free--;
        return permit;
      }
      if (!places.take()) {
        return null;
      }
      Waiter waiter = new Waiter();
      append(waiter);
      return waiter;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a permit that is free now, or nothing (null); so it never overtakes who waits. */
  public @Nullable Permit tryAcquire() {
    lock.lock();
    try {
      if (free <= 0) {
        return null;
      }
      Permit permit = new Permit(takeNumber());
      free--;
      return permit;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Changes how many permits there are. Those that are more go to who waits.
   *
   * @param limit how many; asked under the lock, so that of changes at the same time the one that
   *     is made last knows of all others. It must only read.
   */
  public void resize(IntSupplier limit) {
    Waiter next;
    lock.lock();
    try {
      int now = Math.max(0, limit.getAsInt());
      free += now - permits;
      permits = now;
      next = takeAllThatHavePermits();
    } finally {
      lock.unlock();
    }
    while (next != null) {
      // Nobody else knows the links of those that have left the queue.
      Waiter after = next.next;
      handOver(next);
      next = after;
    }
  }

  /** Takes from the queue who gets one of the free permits, linked to the next of them. */
  private @Nullable Waiter takeAllThatHavePermits() {
    Waiter head = null;
    Waiter tail = null;
    while (free > 0 && first != null) {
      Waiter granted = takeFirst(first, takeNumber());
      free--;
      if (tail == null) {
        head = granted;
      } else {
        tail.next = granted;
      }
      tail = granted;
    }
    return head;
  }

  private void handOver(@Nullable Waiter granted) {
    Waiter next = granted;
    while (next != null) {
      try {
        executor.execute(next::grant);
        return;
      } catch (Throwable noThread) {
        Waiter left = next;
        Guard.run(() -> left.refuse(noThread));
        lock.lock();
        try {
          next = takeNextOrFree(left.permit.number);
        } finally {
          lock.unlock();
        }
      }
    }
  }

  /** Under the lock: who gets a permit that is given back; null if it is free now. */
  private @Nullable Waiter takeNextOrFree(int number) {
    if (first == null || free < 0) {
      free++;
      freedNumbers[freed++] = number;
      return null;
    }
    return takeFirst(first, number);
  }

  /** Under the lock. Makes the room to give it back now, when that may fail. */
  private int takeNumber() {
    if (freed > 0) {
      return freedNumbers[--freed];
    }
    if (numbered == freedNumbers.length) {
      freedNumbers = Arrays.copyOf(freedNumbers, 2 * numbered);
    }
    return numbered++;
  }

  private Waiter takeFirst(Waiter next, int number) {
    unlink(next);
    next.permit.number = number;
    next.granted = true;
    return next;
  }

  private void append(Waiter waiter) {
    waiter.linked = true;
    waiter.previous = last;
    if (last == null) {
      first = waiter;
    } else {
      last.next = waiter;
    }
    last = waiter;
  }

  private void unlink(Waiter waiter) {
    Waiter before = waiter.previous;
    Waiter after = waiter.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    waiter.linked = false;
    waiter.previous = null;
    waiter.next = null;
    places.giveBack();
  }

  /**
   * The right to run; given back exactly once, however often it is released. As a value that comes
   * too late it is released by the future itself.
   */
  public final class Permit implements Place, Cancellable {

    /** Guarded by {@code lock}. */
    private boolean released;

    /** Written before this is given to anybody. */
    private int number;

    private Permit(int number) {
      this.number = number;
    }

    /** From 0; nobody else has it as long as this one is not released. */
    public int number() {
      return number;
    }

    /** Gives the permit to the next in line, if there is one. Callable from any thread. */
    public void release() {
      Waiter next;
      lock.lock();
      try {
        if (released) {
          return;
        }
        released = true;
        next = takeNextOrFree(number);
      } finally {
        lock.unlock();
      }
      handOver(next);
    }

    @Override
    public void cancel() {
      release();
    }
  }

  /** A place in the queue; completes with the permit on the executor. */
  public final class Waiter extends CallFuture<Permit> implements Place {

    /** Made before it is needed: what hands it over has nothing left that could fail. */
    private final Permit permit = new Permit(-1);

    private boolean linked;

    /** Whether the permit is taken for this waiter; guarded by {@code lock}. */
    private boolean granted;

    private @Nullable Waiter previous;
    private @Nullable Waiter next;

    private Waiter() {}

    /** Runs on the executor after this waiter left the queue with a permit. */
    private void grant() {
      boolean unused = complete(permit);
    }

    /** Nobody is there to hand the permit over; it goes to the next, so that none is lost. */
    private void refuse(Throwable noThread) {
      lock.lock();
      try {
        granted = false;
      } finally {
        lock.unlock();
      }
      completeExceptionally(noThread);
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      boolean onItsWay;
      lock.lock();
      try {
        if (linked) {
          unlink(this);
        }
        onItsWay = granted;
      } finally {
        lock.unlock();
      }
      boolean delivered = isDone() && !isCancelled();
      boolean cancelled = super.cancel(mayInterrupt);
      if (onItsWay && cancelled && !delivered) {
        // Whoever hands it over may never come.
        permit.release();
      }
      return cancelled;
    }
  }
}
