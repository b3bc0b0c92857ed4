package dev.fetchwell.internal.async;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How many values a subscriber has asked for and not got, as Reactive Streams counts them (rules
 * 3.8, 3.9 and 3.17). Thread-safe.
 */
public final class Demand {

  private final AtomicLong open;
  private volatile @Nullable IllegalArgumentException misuse;

  /** A demand to begin with. */
  public Demand(long atFirst) {
    open = new AtomicLong(atFirst);
  }

  /**
   * More is asked for. A number below 1 is a misuse, which counts as one, so that somebody comes to
   * say so.
   *
   * @return how much was open before
   */
  public long add(long n) {
    if (n <= 0) {
      misuse = new IllegalArgumentException("request: " + n + " (expected: >= 1)");
    }
    long more = Math.max(1, n);
    return open.getAndUpdate(now -> now + more < 0 ? Long.MAX_VALUE : now + more);
  }

  /** So many were handed over; what is still open. */
  public long met(long n) {
    return open.addAndGet(-n);
  }

  /** What is open. */
  public long open() {
    return open.get();
  }

  /** What the subscriber is to be told if it asked for nothing, or less. */
  public @Nullable IllegalArgumentException misuse() {
    return misuse;
  }
}
