package dev.fetchwell.internal.async;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Places to wait, a number of them for each key, such as a host, and a number for all together.
 * What is known of a key is forgotten with the last of its places. Thread-safe.
 */
public final class KeyedQueueLimit {

  private final int placesPerKey;
  private final QueueLimit all;
  private final ConcurrentHashMap<String, Integer> taken = new ConcurrentHashMap<>();

  /** A limit of so many places in all, and for each key. */
  public KeyedQueueLimit(int places, int placesPerKey) {
    this.placesPerKey = placesPerKey;
    all = new QueueLimit(places);
  }

  /** Takes a place if one is free. */
  public boolean take(String key) {
    if (placesPerKey == 0 || !all.take()) {
      return false;
    }
    boolean[] free = {true};
    taken.compute(
        key,
        (same, now) -> {
          free[0] = now == null || now < placesPerKey;
          return now == null ? Integer.valueOf(1) : free[0] ? Integer.valueOf(now + 1) : now;
        });
    if (!free[0]) {
      all.giveBack();
    }
    return free[0];
  }

  /** Gives a place back. */
  public void giveBack(String key) {
    taken.computeIfPresent(key, (same, now) -> now == 1 ? null : Integer.valueOf(now - 1));
    all.giveBack();
  }

  /** How many places are taken. */
  public int taken() {
    return all.taken();
  }

  /** How many keys have places taken, for tests. */
  int keys() {
    return taken.size();
  }
}
