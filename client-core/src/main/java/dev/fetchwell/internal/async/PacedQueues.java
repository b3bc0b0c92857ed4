package dev.fetchwell.internal.async;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A {@link PacedQueue} for each key, such as a host. Those that have nothing to remember are
 * forgotten once there are many; beyond a number that a program hardly meets, those go that would
 * be forgotten soonest. A queue in which somebody waits stays. Thread-safe.
 *
 * @param <P> what paces them
 */
public final class PacedQueues<P extends Pace> {

  private static final int REMEMBERED = 1024;

  private final int most;
  private final Supplier<P> paces;
  private final Platform platform;
  private final ConcurrentHashMap<String, Paced<P>> byKey = new ConcurrentHashMap<>();
  private final AtomicBoolean sweeping = new AtomicBoolean();

  /** Written by the one that sweeps. */
  private volatile long sweepAbove = REMEMBERED;

  /**
   * Creates an empty table.
   *
   * @param most so many keys at most, but for those where somebody waits
   * @param paces makes the pace of a new key
   */
  public PacedQueues(int most, Supplier<P> paces, Platform platform) {
    this.most = most;
    this.paces = paces;
    this.platform = platform;
  }

  /** A queue with its pace, which is guarded by the queue's lock. */
  public record Paced<P extends Pace>(P pace, PacedQueue queue) {}

  /** The queue of a key, if there is one. It may be retired: then there is none any longer. */
  public @Nullable Paced<P> known(String key) {
    return byKey.get(key);
  }

  /** The queue of a key. It may have been retired at this moment: then this is asked again. */
  public Paced<P> of(String key) {
    Paced<P> known = byKey.get(key);
    if (known != null) {
      return known;
    }
    if (byKey.mappingCount() >= sweepAbove) {
      sweep();
    }
    return byKey.computeIfAbsent(key, any -> made());
  }

  private Paced<P> made() {
    P pace = paces.get();
    return new Paced<>(pace, new PacedQueue(pace, platform));
  }

  /** Enters the queue of a key. */
  public PacedQueue.Turn enter(String key, Duration atMost) {
    while (true) {
      Paced<P> paced = of(key);
      PacedQueue.Turn turn = paced.queue().enter(atMost);
      if (turn != null) {
        return turn;
      }
      byKey.remove(key, paced);
    }
  }

  /** Forgets a queue that was retired. */
  public void forget(String key, Paced<P> retired) {
    byKey.remove(key, retired);
  }

  /** The keys that have something to remember. */
  public Set<String> busy() {
    return byKey.entrySet().stream()
        .filter(each -> !each.getValue().queue().idleIn().isZero())
        .map(java.util.Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** How many keys are remembered, for tests. */
  public long remembered() {
    return byKey.mappingCount();
  }

  private void sweep() {
    if (!sweeping.compareAndSet(false, true)) {
      return;
    }
    try {
      byKey.values().removeIf(each -> each.queue().retire(true));
      if (byKey.mappingCount() > most - most / 4) {
        List<Age<P>> soonest =
            byKey.entrySet().stream()
                .map(each -> new Age<>(each.getKey(), each.getValue()))
                .sorted(Comparator.comparing(Age::left))
                .toList();
        soonest.subList(0, soonest.size() / 2).forEach(this::retire);
      }
      // Twice what is left, so that many busy keys do not mean a sweep for each new one.
      sweepAbove = Math.max(REMEMBERED, Math.min(most, 2 * byKey.mappingCount()));
    } finally {
      sweeping.set(false);
    }
  }

  private void retire(Age<P> old) {
    if (old.paced().queue().retire(false)) {
      byKey.remove(old.key(), old.paced());
    }
  }

  private record Age<P extends Pace>(String key, Paced<P> paced, Duration left) {

    private Age(String key, Paced<P> paced) {
      this(key, paced, paced.queue().idleIn());
    }
  }
}
