package dev.fetchwell.observe.micrometer;

import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.observe.ClientStats;
import dev.fetchwell.observe.ResilienceStats;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The gauges of single hosts, of the first ones that are called; a registry keeps each meter for
 * ever, so their number is bounded. Thread-safe.
 */
final class HostMeters {

  /** The value of the tag for all hosts beyond. */
  static final String OTHERS = "other";

  private final MeterRegistry registry;
  private final Tags common;
  private final int most;
  private final Supplier<ClientStats> now;
  private final Supplier<ClientStats> recently;
  private final Set<String> hosts = ConcurrentHashMap.newKeySet();

  /** No further host is taken in. */
  private volatile boolean full;

  /** Those gauges that are there, as host and name. */
  private final Set<Map.Entry<String, String>> known = ConcurrentHashMap.newKeySet();

  private final Queue<Meter> meters = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /**
   * Gauges of hosts.
   *
   * @param most how many hosts
   * @param now a snapshot of the client
   * @param recently one that may be a moment old
   */
  HostMeters(
      MeterRegistry registry,
      Tags common,
      int most,
      Supplier<ClientStats> now,
      Supplier<ClientStats> recently) {
    this.registry = registry;
    this.common = common;
    this.most = most;
    this.now = now;
    this.recently = recently;
  }

  /** The value of the tag {@code host}. */
  String tagOf(String host) {
    return isShown(host) ? host : OTHERS;
  }

  private boolean isShown(String host) {
    if (hosts.contains(host)) {
      return true;
    }
    if (full) {
      return false;
    }
    synchronized (hosts) {
      if (hosts.size() < most) {
        hosts.add(host);
      }
      full = hosts.size() == most;
      return hosts.contains(host);
    }
  }

  /** An attempt to the host has ended: what it has by now gets its gauges. */
  void called(String host) {
    if (!isShown(host) || !known.add(Map.entry(host, "called"))) {
      return;
    }
    ResilienceStats has = now.get().resilience();
    if (has.breakers().containsKey(host)) {
      for (CircuitState state : CircuitState.values()) {
        String name = state.name().toLowerCase(Locale.ROOT);
        gauge(
            "fetchwell.breaker.state",
            "1 for the state that the host's breaker is in, else 0",
            of(host).and("state", name),
            stats -> stats.breakers().get(host) == state ? 1 : 0);
      }
    }
    if (has.limits().containsKey(host)) {
      gauge(
          "fetchwell.limit",
          "adaptive limit of the host",
          of(host),
          stats -> known(stats.limits().get(host)));
    }
  }

  /** An attempt to the host was a repeated one, so that its retry budget is known from now on. */
  void retried(String host) {
    if (isShown(host) && known.add(Map.entry(host, "retried"))) {
      gauge(
          "fetchwell.retry.budget",
          "tokens that are left of the host's retry budget",
          of(host),
          stats -> known(stats.retryBudgets().get(host)));
    }
  }

  /** A client forgets hosts that it has not called for long. */
  private static double known(@Nullable Number value) {
    return value == null ? Double.NaN : value.doubleValue();
  }

  private Tags of(String host) {
    return common.and("host", host);
  }

  private void gauge(
      String name, String description, Tags tags, ToDoubleFunction<ResilienceStats> value) {
    Gauge gauge =
        Gauge.builder(name, this, bound -> value.applyAsDouble(bound.recently.get().resilience()))
            .description(description)
            .tags(tags)
            .register(registry);
    meters.add(gauge);
    if (closed) {
      close();
    }
  }

  /** Takes them out of the registry, also one that is on its way. */
  void close() {
    closed = true;
    for (Meter meter = meters.poll(); meter != null; meter = meters.poll()) {
      Meter gauge = meter;
      Guard.run(() -> registry.remove(gauge));
    }
  }
}
