package dev.fetchwell.internal.pipeline.permits;

import dev.fetchwell.internal.async.AsyncBulkhead;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.QueueLimit;
import dev.fetchwell.policy.AdaptiveLimit;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The permits of each host, and those of all. Thread-safe.
 *
 * <p>A host lives while a call uses it; idle ones are kept up to a number, so that a crawler does
 * not collect hosts for ever.
 */
final class Hosts {

  /** The name of the bulkhead of all hosts in resilience4j's registry. */
  static final String ALL = "all";

  private static final int IDLE_HOSTS_KEPT = 1024;

  /** A burst of cancels leaves so many threads on their way back that no small limit feels it. */
  private static final int FEW = 16;

  private final PermitLimits limits;
  private final @Nullable AdaptiveLimit adaptive;
  private final BulkheadRegistry registry;
  private final Platform platform;
  private final QueueLimit places;
  private final Pool all;
  private final ConcurrentHashMap<String, Host> hosts = new ConcurrentHashMap<>();

  Hosts(
      PermitLimits limits,
      @Nullable AdaptiveLimit adaptive,
      BulkheadRegistry registry,
      Platform platform) {
    this.limits = limits;
    this.adaptive = adaptive;
    this.registry = registry;
    this.platform = platform;
    places = new QueueLimit(limits.maxQueued());
    int most = limits.maxConcurrency();
    all = new Pool("the client", most, most, places, twin(ALL, most));
  }

  Pool all() {
    return all;
  }

  int queued() {
    return places.taken();
  }

  /** The adaptive limit of each host that is known. */
  Map<String, Integer> adaptiveLimits() {
    Map<String, Integer> known = new HashMap<>();
    if (adaptive != null) {
      hosts.forEach(
          (name, host) -> {
            if (host.limit != null) {
              known.put(name, host.limit.limit());
            }
          });
    }
    return known;
  }

  /** The host, which must be left. */
  Host enter(String name) {
    while (true) {
      Host known = hosts.get(name);
      if (known == null) {
        // Made before, and not under the map's lock: resilience4j tells its consumers of the twin.
        Host made = newHost(name);
        Host earlier = hosts.putIfAbsent(name, made);
        known = earlier == null ? made : earlier;
      }
      if (known.use()) {
        return known;
      }
      // It was dropped at this moment.
      hosts.remove(name, known);
    }
  }

  private Host newHost(String name) {
    int most = limits.maxConcurrencyPerHost();
    GradientLimit gradient = adaptive == null ? null : gradient(adaptive, most);
    int permits = gradient == null ? most : gradient.limit();
    QueueLimit own = new QueueLimit(limits.maxQueuedPerHost(), places);
    // A host may be called like the twin of all; it must not share its permits.
    String twinName = name.equals(ALL) ? "host " + ALL : name;
    Pool pool = new Pool("host " + name, most, permits, own, twin(twinName, permits));
    return new Host(name, pool, gradient == null ? null : new HostLimit(name, pool, gradient));
  }

  private static GradientLimit gradient(AdaptiveLimit between, int most) {
    int ceiling = between.ceiling() == 0 ? most : between.ceiling();
    return new GradientLimit(between.floor(), ceiling);
  }

  private BulkheadTwin twin(String name, int permits) {
    return new BulkheadTwin(registry, name, permits, platform);
  }

  /** Permits with their queue, and what else counts against them. */
  final class Pool {

    private final String whose;
    private final int most;

    /** How many there are now; written under the lock of the permits. */
    private volatile int size;

    private final AsyncBulkhead permits;
    private final BulkheadTwin twin;

    /** Exchanges that were given up while their thread is still in them. */
    private final AtomicInteger abandoned = new AtomicInteger();

    /** Permits whose calls have answered, and whose bodies are still open. */
    private final AtomicInteger openStreams = new AtomicInteger();

    private Pool(String whose, int most, int size, QueueLimit places, BulkheadTwin twin) {
      this.whose = whose;
      this.most = most;
      this.size = size;
      this.twin = twin;
      this.permits = new AsyncBulkhead(size, places, platform::passOn);
    }

    /** Changes how many there are, up to as many as there were at first. */
    void resize(IntSupplier wanted) {
      permits.resize(() -> size = Math.min(most, wanted.getAsInt()));
      twin.resize(() -> size);
    }

    String whose() {
      return whose;
    }

    AsyncBulkhead permits() {
      return permits;
    }

    BulkheadTwin twin() {
      return twin;
    }

    int openStreams() {
      return openStreams.get();
    }

    void streamOpened() {
      openStreams.incrementAndGet();
    }

    void streamEnded() {
      openStreams.decrementAndGet();
    }

    /** What somebody who gets no permit may not know of, or an empty string. */
    String heldByStreams() {
      int streams = openStreams.get();
      int now = size;
      String adapted = now < most ? " (adaptive limit, at most " + most + ")" : "";
      return streams == 0
          ? ""
          : now
              + " of "
              + now
              + " permits"
              + adapted
              + " held, "
              + streams
              + " by open streams: close them";
    }

    /** Names the pool and how many there are, where that is fewer than configured. */
    String whoseNow() {
      int now = size;
      return now < most
          ? whose + " (" + now + " now by its adaptive limit, not " + most + ")"
          : whose;
    }

    int abandoned() {
      return abandoned.get();
    }

    /** Counts one more; false if as many as may cost no permit are given up already. */
    boolean abandon() {
      return abandoned.getAndIncrement() < Math.max(most, FEW);
    }

    void returned() {
      abandoned.decrementAndGet();
    }
  }

  /** One host and port. */
  final class Host {

    private static final int DROPPED = -1;

    private final String name;
    private final Pool pool;
    private final @Nullable HostLimit limit;

    /** How many calls use it, or {@code DROPPED}; by compare-and-set. */
    private final AtomicInteger users = new AtomicInteger();

    private Host(String name, Pool pool, @Nullable HostLimit limit) {
      this.name = name;
      this.pool = pool;
      this.limit = limit;
    }

    Pool pool() {
      return pool;
    }

    /** The limit that its permits follow, if they do. */
    @Nullable HostLimit limit() {
      return limit;
    }

    /** A stream was opened or has ended. */
    void fitPool() {
      if (limit != null) {
        limit.fitPool();
      }
    }

    private boolean use() {
      int now = users.get();
      while (now != DROPPED) {
        if (users.compareAndSet(now, now + 1)) {
          return true;
        }
        now = users.get();
      }
      return false;
    }

    void leave() {
      boolean last = users.decrementAndGet() == 0;
      if (last
          && hosts.mappingCount() > IDLE_HOSTS_KEPT
          && users.compareAndSet(0, DROPPED)
          && hosts.remove(name, this)) {
        pool.twin().remove();
      }
    }
  }
}
