package dev.fetchwell.internal.pipeline.retry;

import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.policy.RetryPolicy;
import io.github.resilience4j.core.IntervalBiFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * resilience4j's side of retrying: one {@code Retry} for each policy, all in one registry.
 *
 * <p>Its functions get nothing but the error, while the decision also needs the call's deadline and
 * budget. Since {@code onError} calls them on the same thread, the decision is passed in a
 * thread-local for just that time; so its events and metrics say what really happened. The decision
 * is made before, and stands also where a consumer of those events throws.
 */
final class RetryTwins {

  /** A client that makes a policy for every call must not fill the registry. */
  private static final int REGISTERED = 64;

  private static final ThreadLocal<@Nullable RetryDecision> DECIDING = new ThreadLocal<>();

  private final RetryRegistry registry;
  private final AtomicInteger names = new AtomicInteger();
  private final ConcurrentHashMap<RetryPolicy, Retry> byPolicy = new ConcurrentHashMap<>();

  /** The policy that came last, which is nearly always the next one too. */
  private volatile @Nullable Known last;

  private record Known(RetryPolicy policy, Retry retry) {}

  RetryTwins(RetryRegistry registry) {
    this.registry = registry;
  }

  Retry of(RetryPolicy policy) {
    Known known = last;
    if (known != null && known.policy().equals(policy)) {
      return known.retry();
    }
    Retry retry = byPolicy.get(policy);
    if (retry == null) {
      retry = register(policy);
    }
    last = new Known(policy, retry);
    return retry;
  }

  /** Lets resilience4j hear of a failure, and ask what was decided about it. */
  static void onError(Retry.AsyncContext<?> retry, Throwable error, RetryDecision decision) {
    DECIDING.set(decision);
    try {
      Guard.run(() -> retry.onError(error));
    } finally {
      DECIDING.remove();
    }
  }

  private Retry register(RetryPolicy policy) {
    if (byPolicy.size() >= REGISTERED) {
      return unregistered(policy);
    }
    int number = names.incrementAndGet();
    String name = number == 1 ? "fetchwell" : "fetchwell-" + number;
    // A consumer that throws when it hears of a new entry prevents it.
    Retry created = Guard.get(() -> registry.retry(name, config(policy)), unregistered(policy));
    Retry earlier = byPolicy.putIfAbsent(policy, created);
    if (earlier == null) {
      return created;
    }
    Guard.run(() -> registry.remove(name));
    return earlier;
  }

  private static Retry unregistered(RetryPolicy policy) {
    return Retry.of("fetchwell-unregistered", config(policy));
  }

  private static RetryConfig config(RetryPolicy policy) {
    IntervalBiFunction<Object> interval =
        (attempt, outcome) -> {
          RetryDecision decision = DECIDING.get();
          return decision == null ? -1L : decision.delayMillis();
        };
    return RetryConfig.custom()
        .maxAttempts(policy.maxAttempts())
        .retryOnException(
            error -> {
              RetryDecision decision = DECIDING.get();
              return decision != null && decision.isWorthIt();
            })
        .intervalBiFunction(interval)
        .build();
  }
}
