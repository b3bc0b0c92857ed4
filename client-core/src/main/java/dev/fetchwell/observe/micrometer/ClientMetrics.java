package dev.fetchwell.observe.micrometer;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.internal.call.FacadeAccess;
import dev.fetchwell.internal.text.Checks;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
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

  private final StatsMeters meters;
  private final Runnable unlisten;

  private ClientMetrics(Settings settings, MeterRegistry registry) {
    Tags common = Tags.of("client.name", settings.clientName);
    int hosts = settings.tagsHost ? settings.maxHosts : 0;
    meters = new StatsMeters(settings.client, registry, common, hosts);
    try {
      meters.register();
    } catch (Throwable refused) {
      meters.close();
      throw refused;
    }
    unlisten = FacadeAccess.runtimeOf(settings.client).listen(meters);
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
    meters.close();
  }

  /** How metrics are named. Confined to one thread. */
  public static final class Settings {

    private final AsyncHttpClient client;
    private String clientName = "none";
    private boolean tagsHost;
    private int maxHosts = 100;

    private Settings(AsyncHttpClient client) {
      this.client = client;
    }

    /** The tag {@code client.name} of all of its metrics, default {@code none}. */
    public Settings clientName(String name) {
      clientName = Objects.requireNonNull(name, "clientName");
      return this;
    }

    /**
     * Whether timers of calls have a tag {@code host} too, and hosts have gauges of their own (the
     * state of the breaker, the adaptive limit, the tokens left for retries); default false. Meant
     * for clients that call few hosts; see {@link #maxHosts}.
     */
    public Settings tagHost(boolean tagged) {
      tagsHost = tagged;
      return this;
    }

    /**
     * How many hosts {@link #tagHost} tells apart, default 100: those that are called first. All
     * others have the tag {@code other}, and no gauges. A registry keeps each meter for ever.
     *
     * @param most at least 1
     */
    public Settings maxHosts(int most) {
      maxHosts = Checks.atLeast("maxHosts", most, 1);
      return this;
    }

    /**
     * Binds the metrics to a registry, from now on. What the registry throws meanwhile is thrown,
     * and then nothing is bound.
     */
    @SuppressWarnings("exports")
    public ClientMetrics bindTo(MeterRegistry registry) {
      return new ClientMetrics(this, Objects.requireNonNull(registry, "registry"));
    }
  }
}
