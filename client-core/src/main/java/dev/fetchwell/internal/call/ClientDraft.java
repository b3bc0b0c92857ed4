package dev.fetchwell.internal.call;

import dev.fetchwell.http.Header;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.okhttp.OkHttpWire;
import dev.fetchwell.internal.okhttp.SharedTransport;
import dev.fetchwell.internal.okhttp.Transport;
import dev.fetchwell.internal.okhttp.WireSettings;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.DefaultCodec;
import dev.fetchwell.internal.pipeline.Wire;
import dev.fetchwell.internal.pipeline.permits.PermitLimits;
import dev.fetchwell.internal.text.Checks;
import dev.fetchwell.internal.text.RecentUrls;
import dev.fetchwell.internal.text.RequestUri;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.ContextCarrier;
import dev.fetchwell.policy.AdaptiveLimit;
import dev.fetchwell.policy.AddressGuard;
import dev.fetchwell.policy.TokenSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A client in the making; what its builder fills. Confined to one thread. */
public final class ClientDraft {

  private static final Header USER_AGENT = new Header("User-Agent", "fetchwell", false);

  private final PermitLimits inherited;

  /** Where the secrets of the client that this one is made from go to; null for anywhere. */
  private final @Nullable RequestUri inheritedHome;

  /** Those of its secret headers that were not set again. */
  private final List<Header> inheritedSecrets = new ArrayList<>();

  /** Whether it would take along the token of the client that it is made from. */
  private boolean inheritsBearer;

  private final List<Header> headers = new ArrayList<>();
  private final List<CallListener> listeners = new ArrayList<>();
  private final List<ContextCarrier> carriers = new ArrayList<>();
  private CallOptions options;
  private @Nullable RequestUri baseUrl;
  private @Nullable Integer maxConcurrency;
  private @Nullable Integer maxConcurrencyPerHost;
  private @Nullable Integer maxQueued;
  private @Nullable Integer maxQueuedPerHost;
  private Resilience resilience = Resilience.none();
  private WireSettings exchanges = WireSettings.standard();
  private JsonCodec codec;
  private @Nullable Executor executor;
  private Function<ClientConfig, Wire> opensWire = overOkHttp(SharedTransport::lease);
  private Platform platform = Platform.system();

  /** A client with defaults. */
  public ClientDraft() {
    options = CallOptions.standard();
    inherited = PermitLimits.standard();
    inheritedHome = null;
    headers.add(USER_AGENT);
    codec = DefaultCodec.get();
  }

  /** A client like another one. */
  public ClientDraft(ClientConfig config) {
    options = config.options();
    inherited = config.limits();
    inheritedHome = config.baseUrl();
    headers.addAll(config.headers());
    config.headers().stream().filter(Header::secret).forEach(inheritedSecrets::add);
    listeners.addAll(config.listeners());
    carriers.addAll(config.carriers());
    baseUrl = config.baseUrl();
    resilience = config.resilience();
    exchanges = config.exchanges();
    inheritsBearer = resilience.bearer() != null;
    codec = config.codec();
    executor = config.executor();
    opensWire = config.wire();
    platform = config.platform();
  }

  /** Changes what calls go by. */
  public void options(UnaryOperator<CallOptions> change) {
    options = change.apply(options);
  }

  /** What relative URLs are appended to. */
  public void baseUrl(String url) {
    RequestUri parsed = parseBase(Objects.requireNonNull(url, "url"));
    if (parsed.uri().getRawQuery() != null || parsed.uri().getRawFragment() != null) {
      throw new IllegalArgumentException(
          // The mark may be one of a password.
          "baseUrl: " + RequestUri.printable(url) + " (expected: no query, no fragment)");
    }
    baseUrl = parsed;
  }

  /** A space at its end would become a part of the path of each call. */
  private static RequestUri parseBase(String url) {
    if (!url.equals(url.strip())) {
      throw new IllegalArgumentException(
          "baseUrl: '"
              + RequestUri.printable(url)
              + "' has white space around it (expected: none; strip it)");
    }
    try {
      return RequestUri.parse(url);
    } catch (IllegalArgumentException notAnAddress) {
      throw new IllegalArgumentException("baseUrl: " + notAnAddress.getMessage(), notAnAddress);
    }
  }

  /** A header in place of one of the same name. */
  public void header(Header header) {
    headers.removeIf(known -> known.name().equalsIgnoreCase(header.name()));
    inheritedSecrets.removeIf(known -> known.name().equalsIgnoreCase(header.name()));
    headers.add(header);
  }

  /** Calls that run at once in all. */
  public void maxConcurrency(int calls) {
    maxConcurrency = Checks.atLeast("maxConcurrency", calls, 1);
  }

  /** Calls that run at once to one host. */
  public void maxConcurrencyPerHost(int calls) {
    maxConcurrencyPerHost = Checks.atLeast("maxConcurrencyPerHost", calls, 1);
  }

  /** Calls that wait in all. */
  public void maxQueued(int calls) {
    maxQueued = Checks.atLeast("maxQueued", calls, 0);
  }

  /** Calls that wait for one host. */
  public void maxQueuedPerHost(int calls) {
    maxQueuedPerHost = Checks.atLeast("maxQueuedPerHost", calls, 0);
  }

  /** Changes the layers that are opt-in. */
  public void resilience(UnaryOperator<Resilience> change) {
    resilience = change.apply(resilience);
  }

  /** Where the bearer token comes from. */
  public void bearer(TokenSource source) {
    resilience = resilience.bearer(source);
    inheritsBearer = false;
  }

  /** Changes how much of the machine exchanges take. */
  public void exchanges(UnaryOperator<WireSettings> change) {
    exchanges = change.apply(exchanges);
  }

  /** JSON. */
  public void codec(JsonCodec json) {
    codec = Objects.requireNonNull(json, "codec");
  }

  /** Another listener. */
  public void listener(CallListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
  }

  /** Another one that takes the context of who calls along. */
  public void carrier(ContextCarrier carrier) {
    carriers.add(Objects.requireNonNull(carrier, "contextCarrier"));
  }

  /** Where dependents run. */
  public void executor(Executor dependents) {
    executor = Objects.requireNonNull(dependents, "executor");
  }

  /** What leases the connections. */
  public void transport(Supplier<Transport> supplier) {
    opensWire = overOkHttp(supplier);
  }

  private static Function<ClientConfig, Wire> overOkHttp(Supplier<Transport> transport) {
    return config -> {
      Transport lease = transport.get();
      AddressGuard guard = config.resilience().addressGuard();
      return new OkHttpWire(
          guard == null ? lease : lease.guardedBy(guard),
          config.exchanges(),
          config.options().maxResponseBytes());
    };
  }

  /** What requests are sent with, for a test. */
  public void wire(Supplier<Wire> replaced) {
    opensWire = config -> replaced.get();
  }

  /** Time and threads, for a test. */
  public void platform(Platform replaced) {
    platform = replaced;
  }

  /**
   * What the client is built with.
   *
   * @throws IllegalArgumentException if settings contradict each other
   */
  public ClientConfig build() {
    checkInheritedSecrets();
    RequestUri base = baseUrl;
    PermitLimits limits =
        inherited.with(maxConcurrency, maxConcurrencyPerHost, maxQueued, maxQueuedPerHost);
    checkAdaptiveLimit(limits.maxConcurrencyPerHost());
    return new ClientConfig(
        baseUrl,
        List.copyOf(headers),
        options.codec(codec).checked().inherited(),
        limits,
        resilience,
        exchanges.checked(options.maxResponseBytes()),
        codec,
        List.copyOf(listeners),
        List.copyOf(carriers),
        executor,
        opensWire,
        platform,
        new RecentUrls<>(url -> ClientConfig.resolve(base, url)));
  }

  private void checkAdaptiveLimit(int most) {
    AdaptiveLimit adaptive = resilience.adaptiveLimit();
    if (adaptive != null && Math.max(adaptive.floor(), adaptive.ceiling()) > most) {
      throw new IllegalArgumentException(
          "adaptiveLimit: "
              + adaptive
              + " (expected: <= maxConcurrencyPerHost "
              + most
              + "; raise that, or lower the limit)");
    }
  }

  /**
   * A secret that was given for one origin goes to another one only if it is given for that, too.
   */
  private void checkInheritedSecrets() {
    RequestUri from = inheritedHome;
    RequestUri to = baseUrl;
    if (from == null || to == null || RequestUri.sameOrigin(from.uri(), to.uri())) {
      return;
    }
    List<String> secrets = new ArrayList<>(inheritedSecrets.stream().map(Header::name).toList());
    if (inheritsBearer) {
      secrets.add("Authorization (by bearer)");
    }
    if (secrets.isEmpty()) {
      return;
    }
    throw new IllegalArgumentException(
        "baseUrl: "
            + to
            + " is of another origin than "
            + from
            + ", to which these secret headers belong: "
            + String.join(", ", secrets)
            + " (expected: set them again on this builder, or start from"
            + " AsyncHttpClient.builder())");
  }
}
