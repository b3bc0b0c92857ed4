package dev.fetchwell.internal.pipeline.breaker;

import java.util.concurrent.atomic.AtomicInteger;

/** How many trials run, of those that may at a time. Thread-safe, and nobody waits. */
final class TrialPlaces {

  private final AtomicInteger taken = new AtomicInteger();

  /** Takes a place, which must be given back; false if all are taken. */
  boolean take(int places) {
    int now = taken.get();
    while (now < places) {
      if (taken.compareAndSet(now, now + 1)) {
        return true;
      }
      now = taken.get();
    }
    return false;
  }

  void giveBack() {
    taken.decrementAndGet();
  }

  boolean areAllFree() {
    return taken.get() == 0;
  }
}
