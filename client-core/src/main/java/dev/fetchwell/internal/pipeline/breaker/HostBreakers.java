package dev.fetchwell.internal.pipeline.breaker;

import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * The breakers of all hosts. Thread-safe.
 *
 * <p>Beyond a number, those that are closed and idle are forgotten, the one that was used longest
 * ago first: were it the last one, a host that is called now and then would never open.
 */
final class HostBreakers {

  /** So many hosts are remembered for certain. */
  static final int REMEMBERED = 1024;

  /** Beyond so many, those are forgotten too that were open and might be tried again by now. */
  static final int MOST = 16 * REMEMBERED;

  private static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE);

  private final CircuitBreakerPolicy policy;
  private final Platform platform;
  private final CircuitBreakerRegistry registry;
  private final ConcurrentHashMap<String, HostBreaker> hosts = new ConcurrentHashMap<>();
  private final AtomicBoolean sweeping = new AtomicBoolean();

  /** Written by who sweeps. */
  private volatile long sweepAbove = REMEMBERED;

  HostBreakers(CircuitBreakerPolicy policy, Platform platform) {
    this.policy = policy;
    this.platform = platform;
    // As the default, so that also a breaker that a user asks for by name goes by the policy.
    this.registry = CircuitBreakerRegistry.of(config(policy, platform));
  }

  private static CircuitBreakerConfig config(CircuitBreakerPolicy policy, Platform platform) {
    // resilience4j lets a trial through after that time, and not at it.
    Duration wait = policy.openFor().minusNanos(1);
    Duration slow = policy.slowAfter();
    return CircuitBreakerConfig.custom()
        .clock(new TimerClock(platform))
        .currentTimestampFunction(clock -> platform.timer().nanoTime(), TimeUnit.NANOSECONDS)
        .failureRateThreshold(percent(policy.failureRate()))
        .slidingWindow(policy.slidingWindow(), policy.minimumCalls(), SlidingWindowType.COUNT_BASED)
        .waitIntervalFunctionInOpenState(attempt -> wait.toMillis())
        .permittedNumberOfCallsInHalfOpenState(policy.trialCalls())
        .slowCallDurationThreshold(slow == null ? NEVER : justBelow(slow))
        .slowCallRateThreshold(percent(policy.slowRate()))
        .build();
  }

  private static float percent(double share) {
    return Math.max(Float.MIN_VALUE, (float) (100 * share));
  }

  /** For resilience4j an attempt is slow that took longer than this, and not as long. */
  private static Duration justBelow(Duration slow) {
    return slow.toNanos() == 1 ? slow : slow.minusNanos(1);
  }

  CircuitBreakerRegistry registry() {
    return registry;
  }

  /** The host's breaker, which must be left. */
  HostBreaker enter(String name) {
    while (true) {
      HostBreaker known = hosts.get(name);
      if (known == null) {
        if (hosts.mappingCount() >= sweepAbove) {
          sweep();
        }
        // Made before, and not under the map's lock: resilience4j tells its consumers of it.
        HostBreaker made = newHost(name);
        HostBreaker earlier = hosts.putIfAbsent(name, made);
        known = earlier == null ? made : earlier;
      }
      if (known.use()) {
        return known;
      }
      // It was dropped at this moment.
      hosts.remove(name, known);
    }
  }

  private HostBreaker newHost(String name) {
    CircuitBreaker[] made = new CircuitBreaker[1];
    // A consumer that throws when it hears of a new breaker prevents it.
    Guard.run(() -> made[0] = registry.circuitBreaker(name));
    CircuitBreaker breaker =
        made[0] == null ? CircuitBreaker.of(name, registry.getDefaultConfig()) : made[0];
    return new HostBreaker(name, breaker, policy.openFor(), platform.timer());
  }

  private void sweep() {
    if (!sweeping.compareAndSet(false, true)) {
      return;
    }
    try {
      drop(HostBreaker::isIdle, REMEMBERED / 2);
      if (hosts.mappingCount() > MOST) {
        drop(HostBreaker::isOverdue, MOST / 2);
      }
      // Twice what is left, so that many open ones do not mean a sweep for each new host.
      sweepAbove = Math.max(REMEMBERED, 2 * hosts.mappingCount());
    } finally {
      sweeping.set(false);
    }
  }

  private void drop(Predicate<HostBreaker> dropped, int left) {
    long now = platform.timer().nanoTime();
    List<Age> oldestFirst =
        hosts.values().stream()
            .filter(dropped)
            .map(host -> new Age(host, now - host.usedNanos()))
            .sorted(Comparator.comparingLong(Age::nanos).reversed())
            .toList();
    for (Age age : oldestFirst) {
      if (hosts.mappingCount() <= left) {
        return;
      }
      HostBreaker host = age.host();
      if (host.drop() && hosts.remove(host.host(), host)) {
        platform.tell(() -> registry.remove(host.host()));
      }
    }
  }

  private record Age(HostBreaker host, long nanos) {}

  Map<String, CircuitState> states() {
    Map<String, CircuitState> states = new HashMap<>();
    hosts.forEach((name, host) -> states.put(name, host.state()));
    return states;
  }
}
