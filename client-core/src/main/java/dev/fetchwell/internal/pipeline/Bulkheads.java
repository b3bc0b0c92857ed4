package dev.fetchwell.internal.pipeline;

import dev.fetchwell.internal.concurrent.AsyncBulkhead;
import dev.fetchwell.internal.concurrent.AsyncBulkhead.Permit;
import dev.fetchwell.internal.concurrent.QueueLimit;
import dev.fetchwell.policy.BulkheadLimits;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The bulkhead of each host, the one of all, and their twins in resilience4j's registry, which
 * publish the metrics and events. Thread-safe.
 *
 * <p>A host's bulkhead lives while a call uses it; those of idle hosts are kept up to a number, so
 * that a crawler does not collect hosts for ever.
 */
public final class Bulkheads {

  /** The name of the bulkhead of all hosts in resilience4j's registry. */
  public static final String ALL = "all";

  private static final int IDLE_HOSTS_KEPT = 1024;

  private final BulkheadLimits limits;
  private final BulkheadRegistry registry;
  private final Executor executor;
  private final QueueLimit places;
  private final AsyncBulkhead all;
  private final BulkheadConfig hostConfig;
  private final BulkheadConfig allConfig;
  private final ConcurrentHashMap<String, Host> hosts = new ConcurrentHashMap<>();

  /** Bulkheads whose waiters are resumed on the executor. */
  public Bulkheads(BulkheadLimits limits, BulkheadRegistry registry, Executor executor) {
    this.limits = limits;
    this.registry = registry;
    this.executor = executor;
    places = new QueueLimit(limits.maxQueued());
    all = new AsyncBulkhead(limits.maxConcurrency(), places, executor);
    hostConfig = config(limits.maxConcurrencyPerHost());
    allConfig = config(limits.maxConcurrency());
  }

  AsyncBulkhead all() {
    return all;
  }

  int queued() {
    return places.taken();
  }

  Held enter(String host) {
    Host entered = hosts.compute(host, (name, known) -> (known == null ? newHost() : known).used());
    return new Held(host, entered);
  }

  private Host newHost() {
    return new Host(new AsyncBulkhead(limits.maxConcurrencyPerHost(), places, executor), 0);
  }

  private void leave(String host) {
    boolean crowded = hosts.mappingCount() > IDLE_HOSTS_KEPT;
    @Nullable Host left =
        hosts.computeIfPresent(
            host,
            (name, known) -> {
              Host less = known.unused();
              return crowded && less.users() == 0 ? null : less;
            });
    if (left == null) {
      Foreign.run(() -> registry.remove(twinName(host)));
    }
  }

  /** A host may be called like the twin of all; it must not share its permits. */
  private static String twinName(String host) {
    return host.equals(ALL) ? "host " + ALL : host;
  }

  private static BulkheadConfig config(int permits) {
    return BulkheadConfig.custom()
        .maxConcurrentCalls(permits)
        .maxWaitDuration(Duration.ZERO)
        .build();
  }

  private record Host(AsyncBulkhead bulkhead, int users) {

    private Host used() {
      return new Host(bulkhead, users + 1);
    }

    private Host unused() {
      return new Host(bulkhead, users - 1);
    }
  }

  /** What one request holds; used by one thread at a time. */
  final class Held {

    private final String name;
    private final Host host;
    private final List<Permit> permits = new ArrayList<>(2);
    private final List<Bulkhead> admitted = new ArrayList<>(2);

    private Held(String name, Host host) {
      this.name = name;
      this.host = host;
    }

    String name() {
      return name;
    }

    AsyncBulkhead host() {
      return host.bulkhead();
    }

    void hold(Permit permit) {
      permits.add(permit);
    }

    /** Takes the twins' permits, which are free unless foreign code takes some. */
    boolean admit() {
      return admit(twinName(name), hostConfig) && admit(ALL, allConfig);
    }

    private boolean admit(String twinName, BulkheadConfig config) {
      // A consumer that throws when it hears of a new twin prevents it: then there is none.
      if (!Foreign.get(() -> admitted.add(registry.bulkhead(twinName, config)), false)) {
        return true;
      }
      Bulkhead twin = admitted.get(admitted.size() - 1);
      // It takes the permit before it tells its consumers, so one that throws changes nothing.
      boolean permitted = Foreign.get(twin::tryAcquirePermission, true);
      if (!permitted) {
        admitted.remove(twin);
      }
      return permitted;
    }

    /** Lets resilience4j publish a rejection, which it does when a permit is asked for in vain. */
    void reject() {
      Foreign.run(
          () -> {
            Bulkhead twin = registry.bulkhead(twinName(name), hostConfig);
            if (twin.tryAcquirePermission()) {
              twin.releasePermission();
            }
          });
    }

    /** Gives everything back, the last first. */
    void release() {
      admitted.forEach(twin -> Foreign.run(twin::onComplete));
      admitted.clear();
      for (int i = permits.size() - 1; i >= 0; i--) {
        permits.get(i).release();
      }
      permits.clear();
      leave(name);
    }
  }
}
