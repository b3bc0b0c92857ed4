package dev.fetchwell.observe.micrometer;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.call.FacadeAccess;
import dev.fetchwell.observe.AttemptEnded;
import dev.fetchwell.observe.CallCancelled;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.observe.ClientStats;
import dev.fetchwell.observe.RetryScheduled;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The gauges of a client, made of its snapshots. It is one of the client's listeners, and so lives
 * as long: Micrometer holds what it measures weakly.
 */
final class StatsMeters implements CallListener {

  /** A registry asks for one gauge after the other; so long the same snapshot does for all. */
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final AsyncHttpClient client;
  private final MeterRegistry registry;
  private final Tags common;
  private final CallMeters calls;
  private final @Nullable HostMeters hosts;
  private final List<Meter> meters = new ArrayList<>();

  /** The last snapshot; whoever finds it old replaces it. */
  private volatile @Nullable Snapshot last;

  private record Snapshot(ClientStats stats, long nanos) {}

  /**
   * Meters of a client.
   *
   * @param hosts how many hosts are told apart; 0 for none
   */
  StatsMeters(AsyncHttpClient client, MeterRegistry registry, Tags common, int hosts) {
    this.client = client;
    this.registry = registry;
    this.common = common;
    this.hosts =
        hosts == 0 ? null : new HostMeters(registry, common, hosts, client::stats, this::stats);
    this.calls = new CallMeters(registry, common, this.hosts);
  }

  /** Takes the gauges out again. */
  void close() {
    meters.forEach(meter -> Guard.run(() -> registry.remove(meter)));
    if (hosts != null) {
      hosts.close();
    }
  }

  void register() {
    gauge("fetchwell.calls.inflight", "calls that hold a permit", ClientStats::inFlight);
    gauge("fetchwell.calls.queued", "calls that wait for a permit", ClientStats::queued);
    gauge("fetchwell.calls.abandoned", "given up, thread not back", ClientStats::abandoned);
    gauge("fetchwell.streams.open", "streamed bodies not ended", ClientStats::openStreams);
    gauge("fetchwell.connections.open", "of the shared pool", ClientStats::openConnections);
    gauge("fetchwell.connections.idle", "of the shared pool", ClientStats::idleConnections);
    counter("fetchwell.attempts", "attempts ever begun", ClientStats::attempts);
    for (CircuitState state : CircuitState.values()) {
      Tags tags = common.and("state", state.name().toLowerCase(Locale.ROOT));
      gauge("fetchwell.breakers", "hosts by state", tags, stats -> inState(stats, state));
    }
    gauge("fetchwell.throttled", "wait to be sent", stats -> stats.resilience().throttled());
    gauge("fetchwell.cooldowns", "kept away", stats -> stats.resilience().coolingDown().size());
    gauge("fetchwell.limit.lowest", "adaptive limit of a host", StatsMeters::lowestLimit);
    gauge("fetchwell.flights", "calls that others may share", s -> s.resilience().flights());
    counter("fetchwell.flights.joined", "shared answers", s -> s.resilience().joined());
    counter("fetchwell.hedges", "sent beside a slow one", s -> s.resilience().hedges());
    counter("fetchwell.hedges.won", "that answered first", s -> s.resilience().hedgesWon());
    gauge("fetchwell.retry.budget.lowest", "tokens a host has left", StatsMeters::lowestBudget);
    permits();
  }

  private static double inState(ClientStats stats, CircuitState state) {
    return stats.resilience().breakers().values().stream().filter(state::equals).count();
  }

  private static double lowestLimit(ClientStats stats) {
    return stats.resilience().limits().values().stream()
        .mapToInt(Integer::intValue)
        .min()
        .orElse(-1);
  }

  private static double lowestBudget(ClientStats stats) {
    return stats.resilience().retryBudgets().values().stream()
        .mapToDouble(Double::doubleValue)
        .min()
        .orElse(-1);
  }

  private void permits() {
    ToDoubleFunction<StatsMeters> free =
        bound -> FacadeAccess.runtimeOf(bound.client).freePermits();
    meters.add(
        Gauge.builder("fetchwell.permits.available", this, free)
            .description("permits of the client that are free")
            .tags(common)
            .register(registry));
  }

  private void gauge(String name, String description, ToDoubleFunction<ClientStats> value) {
    gauge(name, description, common, value);
  }

  private void gauge(
      String name, String description, Tags tags, ToDoubleFunction<ClientStats> value) {
    meters.add(
        Gauge.builder(name, this, bound -> value.applyAsDouble(bound.stats()))
            .description(description)
            .tags(tags)
            .register(registry));
  }

  private void counter(String name, String description, ToDoubleFunction<ClientStats> value) {
    meters.add(
        FunctionCounter.builder(name, this, bound -> value.applyAsDouble(bound.stats()))
            .description(description)
            .tags(common)
            .register(registry));
  }

  private ClientStats stats() {
    long now = registry.config().clock().monotonicTime();
    Snapshot known = last;
    if (known == null || now - known.nanos() >= FRESH_NANOS) {
      known = new Snapshot(client.stats(), now);
      last = known;
    }
    return known.stats();
  }

  @Override
  public void retryScheduled(RetryScheduled event) {
    calls.retried(event);
  }

  @Override
  public void attemptEnded(AttemptEnded event) {
    calls.attempted(event);
  }

  @Override
  public void callEnded(CallEnded event) {
    calls.ended(event);
  }

  @Override
  public void callCancelled(CallCancelled event) {
    calls.cancelled(event);
  }
}
