package dev.fetchwell.socket;

import dev.fetchwell.internal.async.Guard;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one lock of a socket. What changes under it says what is to be done because of that; it is
 * done after the lock is left, as it may be slow or foreign.
 */
final class Changes {

  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock. */
  private List<Runnable> consequences = new ArrayList<>();

  /** Makes a change, then does what follows from it. May be called within a change. */
  void make(Runnable change) {
    List<Runnable> due = List.of();
    lock.lock();
    try {
      change.run();
    } finally {
      if (lock.getHoldCount() == 1 && !consequences.isEmpty()) {
        due = consequences;
        consequences = new ArrayList<>();
      }
      lock.unlock();
    }
    due.forEach(Guard::run);
  }

  /** Something to be done after the lock is left; by whoever holds it. */
  void then(Runnable consequence) {
    consequences.add(consequence);
  }

  /** A condition of the lock's. */
  Condition condition() {
    return lock.newCondition();
  }
}
