package dev.fetchwell.internal.pipeline.hedge;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many hedges a client may send: a share of its calls. Thread-safe, without locks.
 *
 * <p>A bucket of tokens: each call adds its share, each hedge takes one. What was not used is kept
 * for the last hundred calls only, so that a day without a hedge does not allow for thousands at
 * once; and it begins with a single one, not with what a hundred calls would have brought.
 */
final class HedgeBudget {

  private static final long TOKEN = 1_000_000_000;

  /** Of how many calls the share is kept. */
  private static final int KEPT = 100;

  private final AtomicLong tokens = new AtomicLong(TOKEN);

  /** A call begins. */
  void called(double share) {
    if (isUnlimited(share)) {
      return;
    }
    long gain = Math.max(1, Math.round(share * TOKEN));
    long most = Math.max(TOKEN, KEPT * gain);
    long now = tokens.get();
    // What calls with a larger share have brought is not taken away by one with a smaller.
    while (now < most && !tokens.compareAndSet(now, Math.min(most, now + gain))) {
      now = tokens.get();
    }
  }

  /** Takes a token, if there is one. */
  boolean take(double share) {
    if (isUnlimited(share)) {
      return true;
    }
    long now = tokens.get();
    while (now >= TOKEN) {
      if (tokens.compareAndSet(now, now - TOKEN)) {
        return true;
      }
      now = tokens.get();
    }
    return false;
  }

  /** A hedge that a token was taken for was never sent. */
  void giveBack(double share) {
    if (!isUnlimited(share)) {
      tokens.addAndGet(TOKEN);
    }
  }

  private static boolean isUnlimited(double share) {
    return share >= 1;
  }
}
