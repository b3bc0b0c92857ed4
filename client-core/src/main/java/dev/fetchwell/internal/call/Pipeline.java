package dev.fetchwell.internal.call;

import dev.fetchwell.internal.async.KeyedQueueLimit;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.cooldown.CoolDowns;
import dev.fetchwell.internal.pipeline.permits.PermitLimits;
import dev.fetchwell.internal.pipeline.permits.Permits;
import dev.fetchwell.internal.pipeline.rate.RateLimits;
import dev.fetchwell.internal.pipeline.redirect.Redirects;
import dev.fetchwell.internal.pipeline.retry.Retries;
import dev.fetchwell.internal.pipeline.time.AttemptTimeout;
import dev.fetchwell.internal.pipeline.time.Deadline;
import dev.fetchwell.observe.ResilienceStats;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import java.util.List;
import java.util.Map;

/** The stages of one client, in the order in which a call meets them, and what they hold. */
final class Pipeline {

  private final BulkheadRegistry bulkheads = BulkheadRegistry.ofDefaults();
  private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
  private final RetryRegistry retries = RetryRegistry.ofDefaults();
  private final Platform platform;
  private final Permits permits;

  /** The places of those that wait for a rate limit, or for the end of a cool-down. */
  private final KeyedQueueLimit waiting;

  /** Those of the ones that wait for a rate limiter of the caller's. */
  private final KeyedQueueLimit asking;

  private final CoolDowns coolDowns;
  private final RateLimits rates;

  Pipeline(ClientConfig config) {
    platform = config.platform();
    PermitLimits limits = config.limits();
    Resilience layers = config.resilience();
    permits = new Permits(limits, bulkheads, platform);
    waiting = new KeyedQueueLimit(limits.maxQueued(), limits.maxQueuedPerHost());
    // Whoever asks waits for a moment, also where no queue is wanted.
    asking =
        new KeyedQueueLimit(
            Math.max(limits.maxQueued(), limits.maxConcurrency()),
            Math.max(limits.maxQueuedPerHost(), limits.maxConcurrencyPerHost()));
    coolDowns = new CoolDowns(layers.coolDown(), waiting, platform);
    rates =
        new RateLimits(
            layers.rateLimitPerHost(),
            layers.rateLimit(),
            layers.rateLimiters(),
            waiting,
            asking,
            platform);
  }

  Stage onto(Stage wire) {
    return Layer.onto(
        wire,
        List.of(
            Deadline.layer(),
            Redirects.layer(),
            Retries.layer(retries, platform),
            coolDowns.layer(),
            rates.layer(),
            permits.layer(),
            coolDowns.lastLook(),
            AttemptTimeout.layer()));
  }

  BulkheadRegistry bulkheads() {
    return bulkheads;
  }

  CircuitBreakerRegistry breakers() {
    return breakers;
  }

  RetryRegistry retries() {
    return retries;
  }

  Permits permits() {
    return permits;
  }

  /** What the layers do that are opt-in. */
  ResilienceStats stats() {
    return new ResilienceStats(
        Map.of(), waiting.taken() + asking.taken(), coolDowns.coolingDown(), 0, 0, Map.of(), 0, 0);
  }
}
