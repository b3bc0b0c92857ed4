package dev.fetchwell.internal.async;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A number of places that one queue has, or several share; those of one may be within those that
 * several share. Thread-safe, without locks.
 */
public final class QueueLimit {

  private final int places;
  private final @Nullable QueueLimit shared;

  /** Written by compare-and-set only, between 0 and {@code places}. */
  private final AtomicInteger taken = new AtomicInteger();

  /** A limit of so many places. */
  public QueueLimit(int places) {
    this(places, null);
  }

  /** A limit of so many places, each of which also takes one of those that are shared. */
  public QueueLimit(int places, @Nullable QueueLimit shared) {
    this.places = places;
    this.shared = shared;
  }

  /** Takes a place if one is free. */
  boolean take() {
    int now = taken.get();
    while (now < places) {
      if (taken.compareAndSet(now, now + 1)) {
        if (shared == null || shared.take()) {
          return true;
        }
        taken.decrementAndGet();
        return false;
      }
      now = taken.get();
    }
    return false;
  }

  void giveBack() {
    taken.decrementAndGet();
    if (shared != null) {
      shared.giveBack();
    }
  }

  /** How many places are taken. */
  public int taken() {
    return taken.get();
  }
}
