package dev.fetchwell.internal.call;

import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.flight.Flights;
import dev.fetchwell.internal.pipeline.permits.Permits;
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
import java.util.Set;

/** The stages of one client, in the order in which a call meets them, and what they hold. */
final class Pipeline {

  private final BulkheadRegistry bulkheads = BulkheadRegistry.ofDefaults();
  private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
  private final RetryRegistry retries = RetryRegistry.ofDefaults();
  private final Platform platform;
  private final Permits permits;
  private final Flights flights;

  Pipeline(ClientConfig config) {
    platform = config.platform();
    permits = new Permits(config.limits(), bulkheads, platform);
    flights = new Flights(config.limits().maxConcurrency(), platform);
  }

  Stage onto(Stage wire) {
    return Layer.onto(
        wire,
        List.of(
            Deadline.layer(),
            flights.layer(),
            Redirects.layer(),
            Retries.layer(retries, platform),
            permits.layer(),
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

  /** How many threads of calls that were given up have not returned. */
  int abandoned() {
    return permits.abandoned() + flights.abandoned();
  }

  /** What the layers do that are opt-in. */
  ResilienceStats stats() {
    return new ResilienceStats(
        Map.of(), 0, Set.of(), 0, 0, Map.of(), flights.running(), flights.joined());
  }
}
