package dev.fetchwell.internal.async;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A first-in-first-out queue of those who wait, without blocking, until a {@link Pace} lets them go
 * one after the other.
 *
 * <p>Nobody's turn is reserved: whoever leaves the queue lets all behind move up. There is one
 * timer for the first in line, however many wait. Waiters are resumed on the call threads, never by
 * the timer or by the one who makes room. The lock guards the pace and the links of the queue, and
 * is held for a few assignments, and to set the timer; no future is completed and no task handed
 * over under it.
 */
public final class PacedQueue {

  private final ReentrantLock lock = new ReentrantLock();
  private final Platform platform;
  private final Pace pace;
  private final long origin;

  /** Ends of the doubly linked queue; guarded by {@code lock}, as is all that follows. */
  private @Nullable Waiter first;

  private @Nullable Waiter last;
  private int waiting;
  private @Nullable Wake wake;
  private boolean retired;

  /**
   * Creates a queue.
   *
   * @param pace from now on only this queue's
   */
  public PacedQueue(Pace pace, Platform platform) {
    this.pace = pace;
    this.platform = platform;
    origin = platform.timer().nanoTime();
  }

  /** What {@link #enter} gives. */
  public sealed interface Turn permits Answer, Waiter {}

  /** How a turn ends. */
  public sealed interface Answer extends Turn permits Pass, TooLate {}

  /**
   * The turn would come too late.
   *
   * @param delay how long it would take
   */
  public record TooLate(Duration delay) implements Answer {}

  private long now() {
    return platform.timer().nanoTime() - origin;
  }

  /**
   * A pass, or a place in the queue, or that it would take too long; null if this queue was
   * retired, and another one has to be asked for.
   *
   * @param atMost how long the caller would wait; zero: not at all
   */
  public @Nullable Turn enter(Duration atMost) {
    lock.lock();
    try {
      long now = now();
      if (retired) {
        return null;
      }
      if (first == null && pace.admits(now)) {
        return new Pass(pace.goes(now, false));
      }
      long wait = Math.max(0, pace.dueBehind(now, waiting) - now);
      if (wait >= atMost.toNanos()) {
        return new TooLate(Duration.ofNanos(wait));
      }
      return append(new Waiter(Duration.ofNanos(wait), now + atMost.toNanos()), now);
    } finally {
      lock.unlock();
    }
  }

  /** How long one would wait who came now. */
  public Duration expectedWait() {
    lock.lock();
    try {
      long now = now();
      boolean none = first == null && pace.admits(now);
      return Duration.ofNanos(none ? 0 : Math.max(0, pace.dueBehind(now, waiting) - now));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Changes the pace; those who would now wait for too long are told so.
   *
   * @param change gets the queue's time; runs under the lock
   * @return false if this queue was retired, and nothing changed
   */
  public boolean change(LongConsumer change) {
    List<Waiter> late = new ArrayList<>();
    Duration wait;
    lock.lock();
    try {
      if (retired) {
        return false;
      }
      long now = now();
      change.accept(now);
      long due = pace.dueBehind(now, 0);
      wait = Duration.ofNanos(Math.max(0, due - now));
      for (Waiter each = first; each != null; ) {
        Waiter after = each.next;
        if (due - each.latest >= 0) {
          unlink(each);
          late.add(each);
        }
        each = after;
      }
    } finally {
      lock.unlock();
    }
    late.forEach(waiter -> waiter.handOver(new TooLate(wait)));
    settle();
    return true;
  }

  /**
   * Ends this queue if nobody waits.
   *
   * @param onlyIfIdle and if the pace has nothing to remember either
   * @return whether it is retired: nobody can enter any longer
   */
  boolean retire(boolean onlyIfIdle) {
    lock.lock();
    try {
      retired |= first == null && (!onlyIfIdle || pace.idleAt() - now() <= 0);
      return retired;
    } finally {
      lock.unlock();
    }
  }

  /** How long it is until the pace has nothing to remember. */
  public Duration idleIn() {
    lock.lock();
    try {
      return Duration.ofNanos(Math.max(0, pace.idleAt() - now()));
    } finally {
      lock.unlock();
    }
  }

  /** Lets those go whose turn has come, and sets the timer for the next. */
  private void settle() {
    List<Waiter> going = new ArrayList<>();
    List<Waiter> lost = new ArrayList<>();
    Throwable noTimer = null;
    lock.lock();
    try {
      long now = now();
      for (Waiter next = first; next != null && pace.due(now, waiting) - now <= 0; next = first) {
        unlink(next);
        next.stamp = pace.goes(now, true);
        going.add(next);
      }
      try {
        setWake(now);
      } catch (Throwable thrown) {
        noTimer = thrown;
        for (Waiter next = first; next != null; next = first) {
          unlink(next);
          lost.add(next);
        }
      }
    } finally {
      lock.unlock();
    }
    going.forEach(waiter -> waiter.handOver(new Pass(waiter.stamp)));
    for (Waiter waiter : lost) {
      // Nobody would ever wake it; an error is better than to wait for the deadline.
      boolean unused = noTimer != null && waiter.completeExceptionally(noTimer);
    }
  }

  private static final class Wake {

    private final long at;
    private @Nullable Alarm alarm;
    private volatile boolean rung;

    private Wake(long at) {
      this.at = at;
    }
  }

  private void setWake(long now) {
    if (first == null) {
      dropWake();
      return;
    }
    long at = pace.due(now, waiting);
    if (wake != null && !wake.rung && wake.at == at) {
      return;
    }
    dropWake();
    Wake next = new Wake(at);
    Duration delay = Duration.ofNanos(Math.max(0, at - now));
    Alarm alarm = new Alarm(platform.timer(), delay, () -> ring(next));
    next.alarm = alarm;
    alarm.arm();
    wake = next;
  }

  private void dropWake() {
    if (wake != null && wake.alarm != null) {
      wake.alarm.cancel();
    }
    wake = null;
  }

  /** On the timer's thread, which takes no lock and does none of the work. */
  private void ring(Wake which) {
    which.rung = true;
    platform.execute(this::settle);
  }

  private Waiter append(Waiter waiter, long now) {
    waiter.linked = true;
    waiter.previous = last;
    if (last == null) {
      first = waiter;
    } else {
      last.next = waiter;
    }
    last = waiter;
    waiting++;
    try {
      setWake(now);
    } catch (Throwable noTimer) {
      unlink(waiter);
      throw noTimer;
    }
    return waiter;
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
    waiting--;
  }

  /**
   * The right to go, which is used up by that. Whoever has not gone on gives it back, by cancelling
   * it, once or more; as a value that comes too late it is cancelled by the future itself.
   */
  public final class Pass implements Answer, Cancellable {

    private final long stamp;

    /** Guarded by {@code lock}. */
    private boolean isBack;

    private Pass(long stamp) {
      this.stamp = stamp;
    }

    @Override
    public void cancel() {
      lock.lock();
      try {
        if (isBack) {
          return;
        }
        isBack = true;
        pace.back(stamp);
      } finally {
        lock.unlock();
      }
      settle();
    }
  }

  /** A place in the queue; completes on a call thread. Cancelling it leaves the queue. */
  public final class Waiter extends CallFuture<Answer> implements Turn {

    private final Duration expected;
    private final long latest;
    private long stamp;
    private boolean linked;
    private @Nullable Waiter previous;
    private @Nullable Waiter next;

    private Waiter(Duration expected, long latest) {
      this.expected = expected;
      this.latest = latest;
    }

    /** How long it was to take when this was made. */
    public Duration expected() {
      return expected;
    }

    private void handOver(Answer answer) {
      try {
        platform.execute(() -> answer(answer));
      } catch (Throwable noThread) {
        completeExceptionally(noThread);
      }
    }

    private void answer(Answer answer) {
      boolean unused = complete(answer);
    }

    @Override
    protected void givenUp() {
      lock.lock();
      try {
        if (linked) {
          unlink(this);
          if (first == null) {
            dropWake();
          }
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
