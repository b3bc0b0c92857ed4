package dev.fetchwell.internal.concurrent;

import java.util.concurrent.atomic.AtomicInteger;

/** A number of places that several queues share. Thread-safe, without locks. */
public final class QueueLimit {

  private final int places;

  /** Written by compare-and-set only, between 0 and {@code places}. */
  private final AtomicInteger taken = new AtomicInteger();

  /** A limit of so many places. */
  public QueueLimit(int places) {
    this.places = places;
  }

  /** Takes a place if one is free. */
  boolean take() {
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

  /** How many places are taken. */
  public int taken() {
    return taken.get();
  }
}
