package dev.fetchwell.internal.pipeline;

import dev.fetchwell.policy.RetryPolicy;
import io.github.resilience4j.core.IntervalBiFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * resilience4j's side of retrying: one {@code Retry} for each policy, all in one registry.
 *
 * <p>Its functions get nothing but the error, while the decision also needs the call's deadline and
 * budget. Since {@code onError} calls them on the same thread, the call is passed in a thread-local
 * for just that time; so its events and metrics say what really happened.
 */
final class Retries {

  /** A client that makes a policy for every call must not fill the registry. */
  private static final int REGISTERED = 64;

  private static final ThreadLocal<@Nullable RetryDecision> DECIDING = new ThreadLocal<>();

  private final RetryRegistry registry;
  private final AtomicInteger names = new AtomicInteger();
  private final ConcurrentHashMap<RetryPolicy, Retry> byPolicy = new ConcurrentHashMap<>();

  Retries(RetryRegistry registry) {
    this.registry = registry;
  }

  Retry.AsyncContext<Reply> begin(RetryPolicy policy) {
    Retry known = byPolicy.get(policy);
    return (known == null ? register(policy) : known).asyncContext();
  }

  /**
   * Asks resilience4j, which asks the decision.
   *
   * @return the delay in milliseconds, or a negative number to give up
   */
  static long onError(Retry.AsyncContext<Reply> retry, Throwable error, RetryDecision decision) {
    DECIDING.set(decision);
    try {
      return retry.onError(error);
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
    List<Retry> registered = new ArrayList<>(1);
    // A consumer that throws when it hears of a new entry prevents it.
    Retry created =
        Foreign.get(() -> registered.add(registry.retry(name, config(policy))), false)
            ? registered.get(0)
            : unregistered(policy);
    Retry earlier = byPolicy.putIfAbsent(policy, created);
    if (earlier == null) {
      return created;
    }
    Foreign.run(() -> registry.remove(name));
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
              return decision != null && decision.isRetryable();
            })
        .intervalBiFunction(interval)
        .build();
  }
}
