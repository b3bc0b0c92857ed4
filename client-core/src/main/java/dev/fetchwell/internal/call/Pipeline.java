package dev.fetchwell.internal.call;

import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.permits.Permits;
import dev.fetchwell.internal.pipeline.prepare.BearerTokens;
import dev.fetchwell.internal.pipeline.prepare.Filters;
import dev.fetchwell.internal.pipeline.prepare.OwnOrigin;
import dev.fetchwell.internal.pipeline.prepare.ScopedFilter;
import dev.fetchwell.internal.pipeline.redirect.Redirects;
import dev.fetchwell.internal.pipeline.retry.Retries;
import dev.fetchwell.internal.pipeline.time.AttemptTimeout;
import dev.fetchwell.internal.pipeline.time.Deadline;
import dev.fetchwell.internal.pipeline.time.DeadlineHeader;
import dev.fetchwell.observe.ResilienceStats;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The stages of one client, in the order in which a call meets them, and what they hold. */
final class Pipeline {

  private final BulkheadRegistry bulkheads = BulkheadRegistry.ofDefaults();
  private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
  private final RetryRegistry retries = RetryRegistry.ofDefaults();
  private final Platform platform;
  private final Permits permits;
  private final OwnOrigin ownOrigin;
  private final BearerTokens tokens;
  private final List<ScopedFilter> filters;
  private final @Nullable String deadlineHeader;

  Pipeline(ClientConfig config) {
    platform = config.platform();
    permits = new Permits(config.limits(), bulkheads, platform);
    ownOrigin = config.ownOrigin();
    tokens = new BearerTokens(config.resilience().bearer(), platform, ownOrigin);
    filters = config.resilience().filters();
    deadlineHeader = config.resilience().deadlineHeader();
  }

  Stage onto(Stage wire) {
    return Layer.onto(
        wire,
        List.of(
            Deadline.layer(),
            Redirects.layer(),
            Retries.layer(retries, platform),
            tokens.layer(),
            Filters.layer(filters, ownOrigin),
            permits.layer(),
            AttemptTimeout.layer(),
            DeadlineHeader.layer(deadlineHeader)));
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

  /** Sends nothing more; whoever closes ends the calls that wait. */
  void close() {
    permits.close();
    tokens.close();
  }

  /** What the layers do that are opt-in. */
  ResilienceStats stats() {
    return new ResilienceStats(Map.of(), 0, Set.of(), 0, 0, Map.of(), 0, 0);
  }
}
