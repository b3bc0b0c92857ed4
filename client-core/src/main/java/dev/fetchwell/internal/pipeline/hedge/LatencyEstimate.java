package dev.fetchwell.internal.pipeline.hedge;

/**
 * A percentile of how long attempts take, of the last thousand or so. Thread-safe; its monitor is
 * held for a few additions.
 *
 * <p>A histogram whose buckets are an eighth of a power of two wide (so within 12 %, and better in
 * between by interpolation), from 16 microseconds to half an hour. When it has counted {@link
 * #WINDOW} attempts, all counts are halved: what is new soon outweighs what is old, and the memory
 * stays the same. No formula that keeps markers only, such as P², follows a shift as surely.
 */
final class LatencyEstimate {

  /** Counts are halved at so many. */
  static final int WINDOW = 1000;

  /** How many attempts beyond the percentile must be known, and how many in all, at least. */
  private static final int BEYOND = 5;

  private static final int LEAST = 20;

  /** Of those that come in, each time after so many the estimate is made anew. */
  private static final int EACH = 8;

  private static final int UNIT_BITS = 14;
  private static final int SUB_BITS = 3;
  private static final int SUB_BUCKETS = 1 << SUB_BITS;
  private static final int BUCKETS = SUB_BUCKETS * 24;
  private static final long UNKNOWN = -1;

  private final double percentile;
  private final int minimum;

  /** Guarded by this, as are the ones below. */
  private final float[] counts = new float[BUCKETS];

  private double total;
  private int sinceEstimate;

  private volatile long estimate = UNKNOWN;
  private volatile long usedAt;

  /**
   * Knows nothing yet.
   *
   * @param now by the timer's clock
   */
  LatencyEstimate(double percentile, long now) {
    this.percentile = percentile;
    this.minimum = minimum(percentile);
    this.usedAt = now;
  }

  /** How many attempts must be known before there is an estimate. */
  static int minimum(double percentile) {
    return (int) Math.max(LEAST, Math.min(WINDOW / 2, Math.ceil(BEYOND / (1 - percentile))));
  }

  /** An attempt took so long, or at least so long. */
  synchronized void record(long nanos) {
    counts[bucket(nanos)] += 1;
    total += 1;
    sinceEstimate++;
    if (total >= WINDOW) {
      halve();
    }
    boolean isFirst = estimate == UNKNOWN && total >= minimum;
    if (isFirst || (estimate != UNKNOWN && sinceEstimate >= EACH)) {
      sinceEstimate = 0;
      estimate = find();
    }
  }

  private void halve() {
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] /= 2;
    }
    total /= 2;
  }

  private long find() {
    double left = percentile * total;
    int bucket = 0;
    while (bucket < BUCKETS - 1 && counts[bucket] < left) {
      left -= counts[bucket];
      bucket++;
    }
    double part = counts[bucket] > 0 ? Math.min(1, left / counts[bucket]) : 1;
    long lower = lower(bucket);
    return lower + (long) (part * (lower(bucket + 1) - lower));
  }

  /** The percentile in nanoseconds; negative if too few attempts are known. */
  long nanos() {
    return estimate;
  }

  /** Somebody asked for it. */
  void used(long now) {
    usedAt = now;
  }

  long usedAt() {
    return usedAt;
  }

  private static int bucket(long nanos) {
    long units = Math.max(0, nanos) >>> UNIT_BITS;
    if (units < SUB_BUCKETS) {
      return (int) units;
    }
    int power = Long.SIZE - 1 - SUB_BITS - Long.numberOfLeadingZeros(units);
    return (int) Math.min(BUCKETS - 1, power * (long) SUB_BUCKETS + (units >>> power));
  }

  private static long lower(int bucket) {
    if (bucket < SUB_BUCKETS) {
      return (long) bucket << UNIT_BITS;
    }
    int power = bucket / SUB_BUCKETS - 1;
    return (long) (SUB_BUCKETS + bucket % SUB_BUCKETS) << power << UNIT_BITS;
  }
}
