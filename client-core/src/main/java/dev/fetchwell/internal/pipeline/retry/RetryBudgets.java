package dev.fetchwell.internal.pipeline.retry;

import dev.fetchwell.internal.async.Timer;
import dev.fetchwell.policy.RetryBudget;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The tokens that are left of each budget for each host. Thread-safe. */
public final class RetryBudgets {

  /** So many hosts are remembered for certain; beyond, those whose bucket is full are forgotten. */
  static final int REMEMBERED = 1024;

  /** So many at most: beyond, those are forgotten that were used longest ago, full or not. */
  static final int MOST = 16 * REMEMBERED;

  private final Timer timer;
  private final ConcurrentHashMap<Key, Bucket> buckets = new ConcurrentHashMap<>();

  /** Any thread may write it; a lost write means one sweep more or less. */
  private volatile long sweepAbove = REMEMBERED;

  /** Budgets that time refills. */
  public RetryBudgets(Timer timer) {
    this.timer = timer;
  }

  /** Takes a token for a retry, if there is one. */
  boolean take(RetryBudget budget, String host) {
    if (budget.isUnlimited()) {
      return true;
    }
    if (buckets.mappingCount() > sweepAbove) {
      sweep();
    }
    return buckets
        .computeIfAbsent(new Key(budget, host), key -> new Bucket(budget, timer.nanoTime()))
        .take(timer.nanoTime());
  }

  private void sweep() {
    long now = timer.nanoTime();
    buckets.values().removeIf(bucket -> bucket.isFull(now));
    if (buckets.mappingCount() > MOST) {
      // Such as of a budget that is never refilled.
      List<Age> byAge =
          buckets.entrySet().stream()
              .map(entry -> new Age(entry.getKey(), now - entry.getValue().usedAt()))
              .sorted(Comparator.comparingLong(Age::nanos))
              .toList();
      byAge.subList(Math.min(MOST / 2, byAge.size()), byAge.size()).forEach(this::forget);
    }
    // Twice what is left, so that many failing hosts do not mean a sweep for each retry.
    sweepAbove = Math.max(REMEMBERED, Math.min(MOST, 2 * buckets.mappingCount()));
  }

  private void forget(Age old) {
    buckets.remove(old.key());
  }

  /**
   * Gives back for a call that succeeded; a host that never failed has no bucket and needs none.
   */
  void succeeded(RetryBudget budget, String host) {
    if (budget.isUnlimited() || buckets.isEmpty()) {
      return;
    }
    Bucket bucket = buckets.get(new Key(budget, host));
    if (bucket != null) {
      bucket.give(timer.nanoTime());
    }
  }

  /** The tokens that each host has left now; of several budgets the fewest. */
  public Map<String, Double> left() {
    long now = timer.nanoTime();
    Map<String, Double> left = new HashMap<>();
    buckets.forEach((key, bucket) -> left.merge(key.host(), bucket.left(now), Math::min));
    return left;
  }

  /** How many hosts are remembered, for tests. */
  long remembered() {
    return buckets.mappingCount();
  }

  private record Age(Key key, long nanos) {}

  private record Key(RetryBudget budget, String host) {}

  /** Its methods hold its own monitor for a few additions only. */
  private static final class Bucket {

    private final RetryBudget budget;
    private double tokens;
    private long filledAt;

    private Bucket(RetryBudget budget, long now) {
      this.budget = budget;
      this.tokens = budget.capacity();
      this.filledAt = now;
    }

    private synchronized boolean take(long now) {
      fill(now);
      if (tokens < 1) {
        return false;
      }
      tokens -= 1;
      return true;
    }

    private synchronized void give(long now) {
      fill(now);
      tokens = Math.min(budget.capacity(), tokens + budget.perSuccess());
    }

    private boolean isFull(long now) {
      return left(now) >= budget.capacity();
    }

    private synchronized double left(long now) {
      double seconds = Math.max(0, now - filledAt) / 1e9;
      return Math.min(budget.capacity(), tokens + seconds * budget.perSecond());
    }

    private synchronized long usedAt() {
      return filledAt;
    }

    private void fill(long now) {
      tokens = left(now);
      filledAt = now;
    }
  }
}
