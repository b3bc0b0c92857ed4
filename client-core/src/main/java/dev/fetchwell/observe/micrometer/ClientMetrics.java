package dev.fetchwell.observe.micrometer;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.internal.call.FacadeAccess;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Objects;

/**
 * A client's metrics in a Micrometer registry, from now until this is closed.
 *
 * <pre>{@code
 * ClientMetrics.of(client).clientName("orders").bindTo(registry);
 * }</pre>
 *
 * <p>{@code http.client.requests} is a timer of calls with the tags that Spring's own clients use:
 * {@code method}, {@code uri}, {@code status}, {@code outcome}, {@code exception}, {@code
 * client.name}. The {@code uri} is the request's {@code tag}, else the path with its placeholders,
 * else {@code none}: never the address itself, which may have any number of values. What else there
 * is begins with {@code fetchwell.}; {@code docs/observability.md} lists it.
 *
 * <p>Thread-safe. A registry that throws costs no call: that is logged. Not bound, it costs
 * nothing.
 */
public final class ClientMetrics implements AutoCloseable {

  private final MeterRegistry registry;
  private final List<Meter> gauges;
  private final Runnable unlisten;

  private ClientMetrics(Settings settings, MeterRegistry registry) {
    this.registry = registry;
    Tags common = Tags.of("client.name", settings.clientName);
    CallMeters calls = new CallMeters(registry, common, settings.tagsHost);
    StatsMeters stats = new StatsMeters(settings.client, registry, common, calls);
    gauges = stats.register();
    unlisten = FacadeAccess.runtimeOf(settings.client).listen(stats);
  }

  /** Binds a client's metrics to a registry, with the defaults of {@link Settings}. */
  @SuppressWarnings("exports") // Whoever uses it has the optional dependency.
  public static ClientMetrics bindTo(MeterRegistry registry, AsyncHttpClient client) {
    return of(client).bindTo(registry);
  }

  /** Says how a client's metrics are to be named before they are bound. */
  public static Settings of(AsyncHttpClient client) {
    return new Settings(Objects.requireNonNull(client, "client"));
  }

  /** Takes the client's gauges out of the registry, and counts no further call. */
  @Override
  public void close() {
    unlisten.run();
    gauges.forEach(registry::remove);
  }

  /** How metrics are named. Confined to one thread. */
  public static final class Settings {

    private final AsyncHttpClient client;
    private String clientName = "none";
    private boolean tagsHost;

    private Settings(AsyncHttpClient client) {
      this.client = client;
    }

    /** The tag {@code client.name} of all of its metrics, default {@code none}. */
    public Settings clientName(String name) {
      clientName = Objects.requireNonNull(name, "clientName");
      return this;
    }

    /**
     * Whether timers and counters of calls have a tag {@code host} too, default false: a client
     * that calls any host would make any number of them.
     */
    public Settings tagHost(boolean tagged) {
      tagsHost = tagged;
      return this;
    }

    /** Binds the metrics to a registry, from now on. */
    @SuppressWarnings("exports")
    public ClientMetrics bindTo(MeterRegistry registry) {
      return new ClientMetrics(this, Objects.requireNonNull(registry, "registry"));
    }
  }
}
