package dev.fetchwell;

import dev.fetchwell.http.Header;
import dev.fetchwell.http.RequestUri;
import dev.fetchwell.internal.transport.SharedTransport;
import dev.fetchwell.internal.transport.Transport;
import dev.fetchwell.json.JacksonCodec;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.policy.BulkheadLimits;
import dev.fetchwell.policy.Checks;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.policy.Timeouts;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Settings in the making; what {@link AsyncHttpClient.Builder} fills. Confined to one thread. */
final class ClientSettings {

  private static final Header USER_AGENT = new Header("User-Agent", "fetchwell", false);
  private static final long TEN_MEBIBYTES = 10L * 1024 * 1024;

  private final TimeLimits limits;
  private final BulkheadLimits inherited;
  private final List<Header> headers = new ArrayList<>();
  private final List<CallListener> listeners = new ArrayList<>();
  private @Nullable RequestUri baseUrl;
  private @Nullable Integer maxConcurrency;
  private @Nullable Integer maxConcurrencyPerHost;
  private @Nullable Integer maxQueued;
  private long maxResponseBytes = TEN_MEBIBYTES;
  private RetryPolicy retry = RetryPolicy.standard();
  private JsonCodec codec;
  private @Nullable Executor executor;
  private Supplier<Transport> transport = SharedTransport::lease;
  private Seams seams = Seams.SYSTEM;

  ClientSettings() {
    limits = new TimeLimits(Timeouts.standard());
    inherited = BulkheadLimits.standard();
    headers.add(USER_AGENT);
    codec = new JacksonCodec();
  }

  ClientSettings(ClientConfig config) {
    limits = new TimeLimits(config.timeouts());
    inherited = config.limits();
    headers.addAll(config.headers());
    listeners.addAll(config.listeners());
    baseUrl = config.baseUrl();
    maxResponseBytes = config.maxResponseBytes();
    retry = config.retry();
    codec = config.codec();
    executor = config.executor();
    transport = config.transport();
    seams = config.seams();
  }

  TimeLimits limits() {
    return limits;
  }

  void baseUrl(RequestUri url) {
    if (url.uri().getRawQuery() != null || url.uri().getRawFragment() != null) {
      throw new IllegalArgumentException("baseUrl: " + url + " (expected: no query, no fragment)");
    }
    baseUrl = url;
  }

  void header(Header header) {
    headers.removeIf(known -> known.name().equalsIgnoreCase(header.name()));
    headers.add(header);
  }

  void maxConcurrency(int calls) {
    maxConcurrency = Checks.atLeast("maxConcurrency", calls, 1);
  }

  void maxConcurrencyPerHost(int calls) {
    maxConcurrencyPerHost = Checks.atLeast("maxConcurrencyPerHost", calls, 1);
  }

  void maxQueued(int calls) {
    maxQueued = Checks.atLeast("maxQueued", calls, 0);
  }

  void maxResponseBytes(long bytes) {
    maxResponseBytes = Checks.atLeast("maxResponseBytes", bytes, 0);
  }

  void retry(RetryPolicy policy) {
    retry = Objects.requireNonNull(policy, "retry");
  }

  void codec(JsonCodec json) {
    codec = Objects.requireNonNull(json, "codec");
  }

  void listener(CallListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
  }

  void executor(Executor dependents) {
    executor = Objects.requireNonNull(dependents, "executor");
  }

  void transport(Supplier<Transport> supplier) {
    transport = supplier;
  }

  void seams(Seams replaced) {
    seams = replaced;
  }

  ClientConfig build() {
    return new ClientConfig(
        baseUrl,
        List.copyOf(headers),
        limits.build(),
        bulkheadLimits(),
        retry,
        maxResponseBytes,
        codec,
        List.copyOf(listeners),
        executor,
        transport,
        seams);
  }

  /**
   * A lower limit in all takes an inherited one per host down with it; set both, and they must fit.
   */
  private BulkheadLimits bulkheadLimits() {
    int all = maxConcurrency == null ? inherited.maxConcurrency() : maxConcurrency;
    int perHost =
        maxConcurrencyPerHost == null
            ? Math.min(inherited.maxConcurrencyPerHost(), all)
            : maxConcurrencyPerHost;
    return new BulkheadLimits(all, perHost, maxQueued == null ? inherited.maxQueued() : maxQueued);
  }
}
