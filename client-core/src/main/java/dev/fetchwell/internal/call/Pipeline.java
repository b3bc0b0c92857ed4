package dev.fetchwell.internal.call;

import dev.fetchwell.internal.async.KeyedQueueLimit;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.breaker.Breakers;
import dev.fetchwell.internal.pipeline.cooldown.CoolDowns;
import dev.fetchwell.internal.pipeline.flight.Flights;
import dev.fetchwell.internal.pipeline.hedge.Hedges;
import dev.fetchwell.internal.pipeline.permits.PermitLimits;
import dev.fetchwell.internal.pipeline.permits.Permits;
import dev.fetchwell.internal.pipeline.prepare.BearerTokens;
import dev.fetchwell.internal.pipeline.prepare.Filters;
import dev.fetchwell.internal.pipeline.prepare.OwnOrigin;
import dev.fetchwell.internal.pipeline.prepare.ScopedFilter;
import dev.fetchwell.internal.pipeline.rate.RateLimits;
import dev.fetchwell.internal.pipeline.redirect.Redirects;
import dev.fetchwell.internal.pipeline.retry.Retries;
import dev.fetchwell.internal.pipeline.retry.RetryBudgets;
import dev.fetchwell.internal.pipeline.time.AttemptTimeout;
import dev.fetchwell.internal.pipeline.time.Deadline;
import dev.fetchwell.internal.pipeline.time.DeadlineHeader;
import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.observe.ResilienceStats;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stages of one client, in the order in which a call meets them, and what they hold. */
final class Pipeline {

  private final BulkheadRegistry bulkheads = BulkheadRegistry.ofDefaults();
  private final RetryRegistry retries = RetryRegistry.ofDefaults();
  private final Platform platform;
  private final RetryBudgets budgets;
  private final Hedges hedges;
  private final @Nullable Breakers breakers;
  private final CircuitBreakerRegistry breakerRegistry;
  private final Permits permits;
  private final Flights flights;

  /** The places of those that wait for a rate limit, or for the end of a cool-down. */
  private final KeyedQueueLimit waiting;

  /** Those of the ones that wait for a rate limiter of the caller's. */
  private final KeyedQueueLimit asking;

  private final CoolDowns coolDowns;
  private final RateLimits rates;
  private final OwnOrigin ownOrigin;
  private final BearerTokens tokens;
  private final List<ScopedFilter> filters;
  private final @Nullable String deadlineHeader;

  Pipeline(ClientConfig config) {
    platform = config.platform();
    Resilience layers = config.resilience();
    PermitLimits limits = config.limits();
    flights = new Flights(limits.maxConcurrency(), platform);
    budgets = new RetryBudgets(platform.timer());
    hedges = new Hedges(platform);
    ownOrigin = config.ownOrigin();
    tokens = new BearerTokens(layers.bearer(), platform, ownOrigin);
    filters = layers.filters();
    deadlineHeader = layers.deadlineHeader();
    waiting = new KeyedQueueLimit(limits.maxQueued(), limits.maxQueuedPerHost());
    // Whoever asks waits for a moment, also where no queue is wanted.
    asking =
        new KeyedQueueLimit(
            Math.max(limits.maxQueued(), limits.maxConcurrency()),
            Math.max(limits.maxQueuedPerHost(), limits.maxConcurrencyPerHost()));
    coolDowns = new CoolDowns(layers.coolDown(), waiting, platform);
    CircuitBreakerPolicy breaking = layers.circuitBreaker();
    breakers = breaking == null ? null : new Breakers(breaking, platform);
    breakerRegistry = breakers == null ? CircuitBreakerRegistry.ofDefaults() : breakers.registry();
    rates =
        new RateLimits(
            layers.rateLimitPerHost(),
            layers.rateLimit(),
            layers.rateLimiters(),
            waiting,
            asking,
            platform);
    permits = new Permits(limits, layers.adaptiveLimit(), bulkheads, platform);
  }

  Stage onto(Stage wire) {
    return Layer.onto(
        wire,
        List.of(
            Deadline.layer(),
            flights.layer(),
            Redirects.layer(),
            Retries.layer(retries, budgets),
            hedges.layer(),
            tokens.layer(),
            Filters.layer(filters, ownOrigin),
            coolDowns.layer(),
            breakers == null ? Layer.none() : breakers.layer(),
            rates.layer(),
            permits.layer(),
            coolDowns.lastLook(),
            AttemptTimeout.layer(),
            DeadlineHeader.layer(deadlineHeader)));
  }

  BulkheadRegistry bulkheads() {
    return bulkheads;
  }

  CircuitBreakerRegistry breakers() {
    return breakerRegistry;
  }

  RetryRegistry retries() {
    return retries;
  }

  Permits permits() {
    return permits;
  }

  /** Sends nothing more; whoever closes ends the calls that wait. */
  void close() {
    permits.close();
    tokens.close();
  }

  /** How many threads of calls that were given up have not returned. */
  int abandoned() {
    return permits.abandoned() + flights.abandoned();
  }

  /** What retries and the layers that are opt-in do. */
  ResilienceStats stats() {
    Map<String, CircuitState> circuits = breakers == null ? Map.of() : breakers.states();
    return new ResilienceStats(
        circuits,
        waiting.taken() + asking.taken(),
        coolDowns.coolingDown(),
        hedges.sent(),
        hedges.won(),
        permits.adaptiveLimits(),
        flights.running(),
        flights.joined(),
        budgets.left());
  }
}
