package dev.fetchwell.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Waits for a state that no event tells of, such as a permit that is back. */
public final class Eventually {

  /** More than any state takes to come here, but for a bug. */
  public static final Duration LIMIT = Awaited.LIMIT;

  /** Whoever writes to a socket on this machine writes something in that time, if it can. */
  private static final Duration QUIET = Duration.ofMillis(300);

  private Eventually() {}

  /** Fails unless the condition comes true in time. */
  public static void holds(BooleanSupplier condition, String expected) {
    holds(condition, () -> expected, LIMIT);
  }

  /** Fails unless the condition comes true in time, saying what was expected and what is. */
  public static void holds(BooleanSupplier condition, Supplier<String> expected, Duration limit) {
    if (!comesTrue(condition, limit)) {
      throw new AssertionError("expected within " + limit + ": " + expected.get());
    }
  }

  /** Waits until a number has begun to grow and grows no longer, such as bytes that are written. */
  public static void standsStill(LongSupplier number) {
    long last = -1;
    long since = System.nanoTime();
    while (last <= 0 || System.nanoTime() - since < QUIET.toNanos()) {
      long now = number.getAsLong();
      if (now != last) {
        last = now;
        since = System.nanoTime();
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Whether the condition comes true in time; no time at all means: now. */
  public static boolean comesTrue(BooleanSupplier condition, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      LockSupport.parkNanos(1_000_000);
    }
    return true;
  }
}
