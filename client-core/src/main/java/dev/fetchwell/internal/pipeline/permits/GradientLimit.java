package dev.fetchwell.internal.pipeline.permits;

/**
 * How many attempts a host should be sent at once, by how it does: what was measured goes in, a
 * limit comes out. Not thread-safe; it knows no clock but the times it is told.
 *
 * <p>Samples are looked at in windows. While a host answers as fast as it does unloaded, the limit
 * grows: doubling at first, then by half its square root. Where answers are slower than that by
 * more than a tolerance, and by more than chance, it shrinks by their ratio, the gradient. Where
 * the host shows signs of overload it backs off by a tenth, and then grows with caution; where none
 * but such signs come, by half. What "unloaded" means is measured from time to time with half the
 * limit, and where shrinking did not help.
 *
 * <p>After the gradient controller of Envoy's adaptive concurrency filter (minimum by probing,
 * headroom of the square root), which is after Netflix's concurrency-limits, with the
 * multiplicative decrease and the slow start of TCP. Unlike those it asks for significance, since
 * windows of few calls differ by chance; and it follows an average and not a minimum, since calls
 * differ.
 */
final class GradientLimit {

  /** Where it begins, if that is allowed. */
  static final int INITIAL = 16;

  /** How much slower than unloaded is fast enough. */
  private static final double TOLERANCE = 1.1;

  /** More than so much of a window is more than a failure now and then. */
  private static final double FAILURES = 0.02;

  private static final double BACK_OFF = 0.9;
  private static final double MOST_SHRINK = 0.5;

  /** So many windows after a sign of overload it grows again as before. */
  private static final int CAUTIOUS_WINDOWS = 20;

  /** So many windows of shrinking did not help: the host has become slower by itself. */
  private static final int SHRUNK_IN_VAIN = 4;

  private static final long WINDOW_NANOS = 100_000_000;
  private static final int FEWEST_SAMPLES = 5;
  private static final int ENOUGH_SAMPLES = 25;

  /** Fewer may all be of the quick ones among calls that differ. */
  private static final int SAMPLES_OF_A_BASELINE = 50;

  private static final long BASELINE_NANOS = 1_000_000_000;

  private static final long PROBE_EVERY_NANOS = 20_000_000_000L;

  private final int floor;
  private final int ceiling;
  private double limit;

  /** Up to here it doubles. */
  private double doubleUpTo;

  /** What answers take unloaded, in nanoseconds; 0: not known yet. */
  private double baseline;

  /** How far off that may be by chance. */
  private double baselineError;

  /** Of this window: answers and signs of overload, both while the limit was in use. */
  private final Latencies answers = new Latencies();

  private int overloads;

  /** Of some more, at any load: what may show that it takes less than is known. */
  private final Latencies recent = new Latencies();

  private boolean begun;
  private long windowStart;
  private long recentSince;
  private long lastBackOff;
  private long lastProbe;
  private int windowsSinceOverload = CAUTIOUS_WINDOWS;
  private boolean collapsed;
  private int shrunk;

  /** What the limit was before a probe halved it; 0 while there is none. */
  private double beforeProbe;

  /** A limit between two others. */
  GradientLimit(int floor, int ceiling) {
    this.floor = floor;
    this.ceiling = ceiling;
    limit = Math.max(floor, Math.min(ceiling, INITIAL));
    doubleUpTo = ceiling;
  }

  /** How many attempts at once. */
  int limit() {
    return (int) limit;
  }

  /**
   * An attempt was answered.
   *
   * @param startNanos when it was sent
   * @param nowNanos when it was answered
   * @param latencyNanos how long the host took
   * @param inFlight how many were at a time, itself included
   */
  void answered(long startNanos, long nowNanos, long latencyNanos, int inFlight) {
    begin(startNanos, nowNanos);
    // What was sent before the limit changed says nothing about how it is now.
    if (startNanos - windowStart >= 0) {
      recent.add(latencyNanos);
      if (isUsed(inFlight) || beforeProbe > 0) {
        answers.add(latencyNanos);
      }
    }
    if (recent.count() >= SAMPLES_OF_A_BASELINE && nowNanos - recentSince >= BASELINE_NANOS) {
      lowerBaseline(nowNanos);
    }
    closeIfDue(nowNanos);
  }

  /**
   * An attempt was not answered, or by what shows overload.
   *
   * @param startNanos when it was sent
   * @param nowNanos when that showed
   * @param inFlight how many were at a time, itself included
   */
  void overloaded(long startNanos, long nowNanos, int inFlight) {
    begin(startNanos, nowNanos);
    // One step back for all that were sent before it.
    if (isUsed(inFlight) && startNanos - lastBackOff >= 0) {
      overloads++;
    }
    closeIfDue(nowNanos);
  }

  private void begin(long startNanos, long nowNanos) {
    if (!begun) {
      begun = true;
      windowStart = startNanos;
      lastBackOff = startNanos;
      lastProbe = nowNanos;
      recentSince = nowNanos;
    }
  }

  /** Whether the limit was what bounded the attempts; else they say nothing about it. */
  private boolean isUsed(int inFlight) {
    return 2 * inFlight >= limit();
  }

  private void lowerBaseline(long now) {
    if (baseline == 0 || recent.mean() + 2 * recent.standardError() < baseline) {
      setBaseline(recent.mean(), recent.standardError());
    }
    recent.clear();
    recentSince = now;
  }

  private void setBaseline(double nanos, double error) {
    baseline = nanos;
    baselineError = error;
  }

  /** What is below 1: how much faster than the answers of this window it is unloaded. */
  private double gradient() {
    double chance = Math.hypot(answers.standardError(), baselineError);
    return TOLERANCE * baseline / Math.max(1, answers.mean() - chance);
  }

  private void closeIfDue(long now) {
    int enough = Math.max(FEWEST_SAMPLES, Math.min(ENOUGH_SAMPLES, limit()));
    boolean isOver = now - windowStart >= WINDOW_NANOS;
    // A host that refuses at once is sent many in no time: all of these were sent since it last
    // backed off.
    if (overloads < ENOUGH_SAMPLES && (!isOver || answers.count() + overloads < enough)) {
      return;
    }
    boolean nothingElse = isOver && answers.count() == 0;
    windowStart = now;
    windowsSinceOverload++;
    if (overloads > FAILURES * (answers.count() + overloads)) {
      backOff(now, nothingElse);
    } else if (beforeProbe > 0) {
      probed(now);
    } else {
      adjust(now);
    }
    answers.clear();
    overloads = 0;
  }

  private void backOff(long now, boolean nothingElse) {
    if (beforeProbe > 0) {
      endProbe(now);
    }
    if (!collapsed) {
      // A host that comes back finds its way back fast, but not to where it broke down.
      doubleUpTo = nothingElse ? limit / 2 : 0;
    }
    collapsed = nothingElse;
    change(limit * (nothingElse ? MOST_SHRINK : BACK_OFF));
    lastBackOff = now;
    windowsSinceOverload = 0;
    shrunk = 0;
  }

  private void adjust(long now) {
    collapsed = false;
    if (baseline == 0) {
      setBaseline(answers.mean(), answers.standardError());
    }
    double gradient = gradient();
    if (gradient < 1) {
      doubleUpTo = 0;
      change(limit * Math.max(MOST_SHRINK, gradient));
      if (++shrunk >= SHRUNK_IN_VAIN) {
        probe(now);
      }
      return;
    }
    shrunk = 0;
    if (now - lastProbe >= PROBE_EVERY_NANOS) {
      probe(now);
    } else {
      change(limit + headroom());
    }
  }

  private double headroom() {
    if (limit < doubleUpTo) {
      return Math.min(limit, doubleUpTo - limit);
    }
    double caution = Math.min(1, (double) windowsSinceOverload / CAUTIOUS_WINDOWS);
    return Math.sqrt(limit) / 2 * caution;
  }

  /** Half the limit for a window, that begins when what is on its way has been answered. */
  private void probe(long now) {
    beforeProbe = limit;
    change(limit / 2);
    windowStart = now + (long) answers.mean();
    shrunk = 0;
  }

  private void probed(long now) {
    endProbe(now);
    if (gradient() < 1) {
      // It is slow also with half as many: so that is how it is now, and the limit is looked for.
      change(limit / 2);
      doubleUpTo = ceiling;
      setBaseline(answers.mean(), answers.standardError());
    } else {
      double error = Math.hypot(baselineError, answers.standardError()) / 2;
      setBaseline((baseline + answers.mean()) / 2, error);
    }
  }

  private void endProbe(long now) {
    change(beforeProbe);
    beforeProbe = 0;
    lastProbe = now;
  }

  private void change(double wanted) {
    limit = Math.max(floor, Math.min(ceiling, wanted));
  }
}
