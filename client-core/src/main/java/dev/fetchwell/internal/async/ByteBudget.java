package dev.fetchwell.internal.async;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Room in memory that readers share: each takes some before it reads on, and gives all of it back
 * at its end. Those that find none wait, first in, first out. Thread-safe.
 *
 * <p>Readers that hold some and wait for more must not wait for each other. So a part of the room,
 * enough for the largest that is to be read, is kept as a reserve, which one reader at a time has:
 * the one that has waited longest when the reserve is free. What that one holds counts against the
 * reserve, and it never waits, however much it takes; so it ends, by what it reads, its limit or
 * its deadline, and then the reserve goes to the next in line. All others together hold what is
 * common at most. As each reader ends in a bounded time once it has the reserve, each gets it, or
 * room before, in a bounded time too: none starves, and there is no deadlock.
 *
 * <p>Nobody who comes later overtakes one that waits. The lock guards a few assignments.
 */
public final class ByteBudget {

  private final ReentrantLock lock = new ReentrantLock();
  private final long common;

  /** Those that wait, in order; guarded by {@code lock}, as are the ones below. */
  private final Set<Share> waiting = new LinkedHashSet<>();

  /** What all hold but the one that has the reserve. */
  private long used;

  private @Nullable Share atReserve;

  /**
   * Creates a budget.
   *
   * @param bytes all of it, reserve included
   * @param largest what one reader takes at most; the reserve, though never above half of all, so
   *     that small readers do not have to go one by one. One that is larger passes the budget, as
   *     the only one
   */
  public ByteBudget(long bytes, long largest) {
    common = Math.max(bytes - largest, bytes / 2);
  }

  /** What all readers hold now. */
  public long held() {
    lock.lock();
    try {
      return used + (atReserve == null ? 0 : atReserve.held);
    } finally {
      lock.unlock();
    }
  }

  /** For one reader; holds nothing yet. */
  public Share share() {
    return new Share();
  }

  /** Gives room to those that wait, in order, until one has to go on waiting. */
  private void serve() {
    if (waiting.isEmpty()) {
      return;
    }
    for (Iterator<Share> line = waiting.iterator(); line.hasNext(); ) {
      Share first = line.next();
      if (used + first.wanted <= common) {
        used += first.wanted;
      } else if (atReserve == null) {
        atReserve = first;
        used -= first.held;
      } else {
        return;
      }
      line.remove();
      first.granted();
    }
  }

  /** What one reader holds. Used by its thread alone, but ended by any. */
  public final class Share implements Cancellable {

    /** Guarded by {@code lock}, as are the ones below. */
    private long held;

    private long wanted;
    private boolean ended;
    private @Nullable Condition change;

    private Share() {}

    /**
     * Takes room, or a place in the line.
     *
     * @return false if it waits for its turn, see {@link #await}
     * @throws CancellationException if this was ended
     */
    public boolean take(long bytes) {
      lock.lock();
      try {
        checkNotEnded();
        if (atReserve == this) {
          held += bytes;
          return true;
        }
        if (waiting.isEmpty() && used + bytes <= common) {
          used += bytes;
          held += bytes;
          return true;
        }
        wanted = bytes;
        waiting.add(this);
        serve();
        return wanted == 0;
      } finally {
        lock.unlock();
      }
    }

    /**
     * Waits until what was asked for is taken.
     *
     * @throws CancellationException if this is ended meanwhile
     * @throws InterruptedException if the thread is interrupted; whoever ends this gives all back
     */
    public void await() throws InterruptedException {
      lock.lock();
      try {
        if (change == null) {
          change = lock.newCondition();
        }
        while (wanted > 0 && !ended) {
          change.await();
        }
        checkNotEnded();
      } finally {
        lock.unlock();
      }
    }

    /** Whether what was asked for is still to come. */
    boolean isWaiting() {
      lock.lock();
      try {
        return wanted > 0 && !ended;
      } finally {
        lock.unlock();
      }
    }

    /** Gives back what is held beyond so many bytes. */
    public void keep(long bytes) {
      lock.lock();
      try {
        long less = held - bytes;
        if (less > 0) {
          held = bytes;
          used -= atReserve == this ? 0 : less;
          serve();
        }
      } finally {
        lock.unlock();
      }
    }

    /** Ends this: all goes back, and who waits here is told. Again it does nothing. */
    @Override
    public void cancel() {
      lock.lock();
      try {
        if (ended) {
          return;
        }
        ended = true;
        if (atReserve == this) {
          atReserve = null;
        } else {
          used -= held;
        }
        held = 0;
        waiting.remove(this);
        serve();
        tell();
      } finally {
        lock.unlock();
      }
    }

    private void granted() {
      held += wanted;
      wanted = 0;
      tell();
    }

    private void tell() {
      if (change != null) {
        change.signal();
      }
    }

    private void checkNotEnded() {
      if (ended) {
        throw new CancellationException("given up while it waited for room");
      }
    }
  }
}
