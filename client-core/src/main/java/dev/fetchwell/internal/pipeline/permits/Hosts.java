package dev.fetchwell.internal.pipeline.permits;

import dev.fetchwell.internal.async.AsyncBulkhead;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.QueueLimit;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

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
  private final BulkheadRegistry registry;
  private final Platform platform;
  private final QueueLimit places;
  private final Pool all;
  private final ConcurrentHashMap<String, Host> hosts = new ConcurrentHashMap<>();

  Hosts(PermitLimits limits, BulkheadRegistry registry, Platform platform) {
    this.limits = limits;
    this.registry = registry;
    this.platform = platform;
    places = new QueueLimit(limits.maxQueued());
    all =
        new Pool("the client", limits.maxConcurrency(), places, twin(ALL, limits.maxConcurrency()));
  }

  Pool all() {
    return all;
  }

  int queued() {
    return places.taken();
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
    int permits = limits.maxConcurrencyPerHost();
    QueueLimit own = new QueueLimit(limits.maxQueuedPerHost(), places);
    // A host may be called like the twin of all; it must not share its permits.
    String twinName = name.equals(ALL) ? "host " + ALL : name;
    return new Host(name, new Pool("host " + name, permits, own, twin(twinName, permits)));
  }

  private BulkheadTwin twin(String name, int permits) {
    return new BulkheadTwin(registry, name, permits, platform);
  }

  /** Permits with their queue, and what else counts against them. */
  final class Pool {

    private final String whose;
    private final int size;
    private final AsyncBulkhead permits;
    private final BulkheadTwin twin;

    /** Exchanges that were given up while their thread is still in them. */
    private final AtomicInteger abandoned = new AtomicInteger();

    /** Permits whose calls have answered, and whose bodies are still open. */
    private final AtomicInteger openStreams = new AtomicInteger();

    private Pool(String whose, int size, QueueLimit places, BulkheadTwin twin) {
      this.whose = whose;
      this.size = size;
      this.twin = twin;
      this.permits = new AsyncBulkhead(size, places, platform::execute);
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
      return streams == 0
          ? ""
          : size + " of " + size + " permits held, " + streams + " by open streams: close them";
    }

    int abandoned() {
      return abandoned.get();
    }

    /** Counts one more; false if as many as may cost no permit are given up already. */
    boolean abandon() {
      return abandoned.getAndIncrement() < Math.max(size, FEW);
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

    /** How many calls use it, or {@code DROPPED}; by compare-and-set. */
    private final AtomicInteger users = new AtomicInteger();

    private Host(String name, Pool pool) {
      this.name = name;
      this.pool = pool;
    }

    Pool pool() {
      return pool;
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
