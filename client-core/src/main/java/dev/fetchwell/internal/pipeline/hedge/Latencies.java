package dev.fetchwell.internal.pipeline.hedge;

import dev.fetchwell.internal.async.Timer;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How long attempts take, for each host and tag. Thread-safe. Of more than {@link #MOST} those are
 * forgotten that nobody has asked for the longest.
 */
final class Latencies {

  /** Less than a kilobyte each. */
  static final int MOST = 1024;

  private final Timer timer;
  private final ConcurrentHashMap<Key, LatencyEstimate> known = new ConcurrentHashMap<>();
  private final AtomicBoolean sweeping = new AtomicBoolean();

  Latencies(Timer timer) {
    this.timer = timer;
  }

  LatencyEstimate of(String host, String tag, double percentile) {
    Key key = new Key(host, tag, percentile);
    long now = timer.nanoTime();
    LatencyEstimate estimate = known.get(key);
    if (estimate == null) {
      if (known.mappingCount() >= MOST && sweeping.compareAndSet(false, true)) {
        sweep(now);
      }
      estimate = known.computeIfAbsent(key, unused -> new LatencyEstimate(percentile, now));
    }
    estimate.used(now);
    return estimate;
  }

  private void sweep(long now) {
    try {
      List<Age> oldestFirst =
          known.entrySet().stream()
              .map(each -> new Age(each.getKey(), now - each.getValue().usedAt()))
              .sorted(Comparator.comparingLong(Age::nanos).reversed())
              .toList();
      oldestFirst.stream().limit(MOST / 2).forEach(old -> known.remove(old.key()));
    } finally {
      sweeping.set(false);
    }
  }

  /** For how many it is known, for tests. */
  long count() {
    return known.mappingCount();
  }

  private record Age(Key key, long nanos) {}

  private record Key(String host, String tag, double percentile) {}
}
