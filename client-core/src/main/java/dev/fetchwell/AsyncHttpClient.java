package dev.fetchwell;

import dev.fetchwell.http.Header;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ClientConfig;
import dev.fetchwell.internal.call.ClientDraft;
import dev.fetchwell.internal.call.ClientRuntime;
import dev.fetchwell.internal.call.FacadeAccess;
import dev.fetchwell.internal.call.RequestDraft;
import dev.fetchwell.internal.okhttp.SharedTransport;
import dev.fetchwell.internal.pipeline.prepare.ScopedFilter;
import dev.fetchwell.internal.text.Checks;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.ClientStats;
import dev.fetchwell.observe.ContextCarrier;
import dev.fetchwell.policy.AdaptiveLimit;
import dev.fetchwell.policy.AddressGuard;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import dev.fetchwell.policy.CoolDown;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RateLimit;
import dev.fetchwell.policy.RateLimiter;
import dev.fetchwell.policy.RequestFilter;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.policy.TokenSource;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * An async HTTP client that shares connections, bounds concurrency, puts a deadline on everything,
 * retries what is safe, and tells failures apart, all by default.
 *
 * <pre>{@code
 * AsyncHttpClient client = AsyncHttpClient.builder().baseUrl("https://api.example.com").build();
 * CompletableFuture<User> user = client.getJson("/users/7", User.class);
 * }</pre>
 *
 * <p>Thread-safe; make one and keep it. No method blocks. {@link #get} and its like make a request
 * that a terminal method of {@link RequestSpec} sends; {@link #getJson} and its like send at once.
 *
 * <p>Every future that is returned ends: with its value, with a {@code FetchError}, or with a
 * {@code CancellationException} if it was cancelled. It completes on the call's own thread (or
 * {@link Builder#executor}) after everything the call held was given back, so dependents may block.
 * Cancelling a future stops its call wherever it is: queued, before a retry, on the wire. So does
 * cancelling the last of the futures that were made of it, such as by {@code thenApply}, unless a
 * thread waits for the call's own.
 */
public final class AsyncHttpClient implements Requests, AutoCloseable {

  static {
    FacadeAccess.provideRuntimes(client -> ((AsyncHttpClient) client).runtime);
  }

  private final ClientConfig config;
  private final ClientRuntime runtime;
  private final boolean closeable;

  private AsyncHttpClient(ClientConfig config, boolean closeable) {
    this.config = config;
    this.runtime = new ClientRuntime(config);
    this.closeable = closeable;
  }

  private static final class Shared {

    private static final AsyncHttpClient CLIENT = builder().build(false);
  }

  /** The client that the whole process shares, with defaults; closing it does nothing. */
  public static AsyncHttpClient shared() {
    return Shared.CLIENT;
  }

  /** A client with defaults, to be closed by its owner. */
  public static AsyncHttpClient create() {
    return builder().build();
  }

  /** Starts the configuration of a client. */
  public static Builder builder() {
    return new Builder(new ClientDraft());
  }

  /**
   * A builder with this client's settings, for a changed copy on the same connection pool. A copy
   * with a base URL of another origin does not take secret headers along: each has to be set again,
   * or {@link Builder#build} refuses.
   */
  public Builder toBuilder() {
    return new Builder(new ClientDraft(config));
  }

  @Override
  public RequestSpec request(String method, String url, Object... variables) {
    return new RequestSpec(runtime, new RequestDraft(config, method, url, variables));
  }

  /** What the client is doing and has done; a snapshot. */
  public ClientStats stats() {
    return runtime.stats();
  }

  /**
   * resilience4j's bulkheads, one named after each host and one named {@code all}; for its metrics.
   * They follow this client's own permits, which count where the two disagree; an event consumer
   * that throws changes nothing.
   */
  public BulkheadRegistry bulkheads() {
    return runtime.bulkheads();
  }

  /** resilience4j's circuit breakers, one named after each host; for its metrics, as above. */
  public CircuitBreakerRegistry breakers() {
    return runtime.breakers();
  }

  /** resilience4j's retries, one for each policy in use (up to 64); for its metrics, as above. */
  public RetryRegistry retries() {
    return runtime.retries();
  }

  /**
   * Refuses new calls at once, waits for those that run, and ends what is left after the grace: a
   * call that was never sent fails with {@code ClientClosedError}, one that was sent is cancelled.
   *
   * @param grace how long calls may go on; at least zero
   * @return a future of the caller's own, which completes when no call holds anything; a call that
   *     this ended may hand over its error a moment later. Cancelling it, or {@code orTimeout},
   *     stops the waiting and not the shutdown
   */
  public CompletableFuture<@Nullable Void> shutdown(Duration grace) {
    Checks.notNegative("grace", grace);
    return closeable ? runtime.shutdown(grace) : CompletableFuture.completedFuture(null);
  }

  /** {@link #shutdown} without grace; returns at once. Closing it again does nothing. */
  @Override
  public void close() {
    shutdown(Duration.ZERO).exceptionally(never -> null);
  }

  /** Where its calls go and what bounds them; no header's value and no user info. */
  @Override
  public String toString() {
    return "AsyncHttpClient[" + config + "]";
  }

  /** Collects the settings of a client; confined to one thread. */
  public static final class Builder {

    static {
      FacadeAccess.provideDrafts(builder -> ((Builder) builder).draft);
    }

    private final ClientDraft draft;

    private Builder(ClientDraft draft) {
      this.draft = draft;
    }

    /** What relative URLs are appended to; secret headers of the client go to its origin only. */
    public Builder baseUrl(String url) {
      draft.baseUrl(url);
      return this;
    }

    /** A header for every request that does not set it itself. */
    public Builder header(String name, String value) {
      draft.header(new Header(name, value, Header.isSensitive(name)));
      return this;
    }

    /** A header that is shown nowhere and never leaves its origin. */
    public Builder secretHeader(String name, String value) {
      draft.header(new Header(name, value, true));
      return this;
    }

    /** The {@code User-Agent}, default {@code fetchwell}. */
    public Builder userAgent(String agent) {
      draft.header(new Header("User-Agent", Objects.requireNonNull(agent, "userAgent"), false));
      return this;
    }

    /**
     * The time for a whole call, default 30 s: queueing, all attempts, the waits between them,
     * redirects and decoding; up to the headers if the response is streamed.
     */
    public Builder timeout(Duration total) {
      draft.options(options -> options.timeout(total));
      return this;
    }

    /**
     * The time for one attempt, from its permit to its value, default 10 s, or the whole call's if
     * that is shorter. While a request body is sent, it is the time in which none of it is taken by
     * the network, and then the time until the whole answer is there; so an upload may take as long
     * as {@link #timeout} lets it.
     */
    public Builder attemptTimeout(Duration attempt) {
      draft.options(options -> options.attemptTimeout(attempt));
      return this;
    }

    /** The time to connect with TCP and TLS, without the name lookup; default 5 s. */
    public Builder connectTimeout(Duration connect) {
      draft.options(options -> options.connectTimeout(connect));
      return this;
    }

    /** The time to wait for a permit; by default as long as the whole call may take. */
    public Builder queueTimeout(Duration queue) {
      draft.options(options -> options.queueTimeout(queue));
      return this;
    }

    /** The longest silence in a streamed body, default 30 s. */
    public Builder idleTimeout(Duration idle) {
      draft.options(options -> options.idleTimeout(idle));
      return this;
    }

    /** The most calls that run at once, in all, default 256. */
    public Builder maxConcurrency(int calls) {
      draft.maxConcurrency(calls);
      return this;
    }

    /** The most calls that run at once to one host, default 64, or the number in all if lower. */
    public Builder maxConcurrencyPerHost(int calls) {
      draft.maxConcurrencyPerHost(calls);
      return this;
    }

    /** The most calls that may wait for a permit, in all, default 10,000; 0: none. */
    public Builder maxQueued(int calls) {
      draft.maxQueued(calls);
      return this;
    }

    /**
     * The most calls that may wait for a permit of one host, default half of {@link #maxQueued}, so
     * that the backlog of a dead host leaves places for the others.
     */
    public Builder maxQueuedPerHost(int calls) {
      draft.maxQueuedPerHost(calls);
      return this;
    }

    /** The largest body kept in memory, in bytes after decompression, default 10 MiB. */
    public Builder maxResponseBytes(long bytes) {
      draft.options(options -> options.maxResponseBytes(bytes));
      return this;
    }

    /** The most memory for bodies that are being read, in bytes, default a quarter of the heap. */
    public Builder maxBufferedBytes(long bytes) {
      draft.exchanges(settings -> settings.maxBufferedBytes(bytes));
      return this;
    }

    /**
     * The most connections that are being opened to one host at a time, default 512. It begins with
     * at most 64; each connection that comes about allows for one more, a failure halves them.
     */
    public Builder maxConnecting(int connections) {
      draft.exchanges(settings -> settings.maxConnecting(connections));
      return this;
    }

    /** What is tried again, default {@link RetryPolicy#standard()}. */
    public Builder retry(RetryPolicy policy) {
      draft.options(options -> options.retry(policy));
      return this;
    }

    /**
     * What encodes and decodes JSON. By default {@link dev.fetchwell.json.JacksonCodec}, or {@link
     * dev.fetchwell.json.JacksonCodec2} where Jackson 3 cannot be used and Jackson 2 can; it is
     * looked for when a call first needs it.
     */
    public Builder codec(JsonCodec codec) {
      draft.codec(codec);
      return this;
    }

    /** Is told what happens to each call; may be given several times. It must not block. */
    public Builder listener(CallListener listener) {
      draft.listener(listener);
      return this;
    }

    /**
     * Takes the context of the thread that makes a call along to its listeners and its dependents,
     * such as {@link ContextCarrier#mdc()}; may be repeated.
     */
    public Builder contextCarrier(ContextCarrier carrier) {
      draft.carrier(carrier);
      return this;
    }

    /** Where futures complete, and so their dependents run; by default the call's own thread. */
    public Builder executor(Executor executor) {
      draft.executor(executor);
      return this;
    }

    /**
     * A client whose pool, DNS, proxy, TLS and interceptors to use; its owner shuts it down. Secret
     * headers that its interceptors set do not follow a redirect to another origin.
     */
    public Builder okHttp(OkHttpClient client) {
      Objects.requireNonNull(client, "client");
      draft.transport(() -> SharedTransport.of(client));
      return this;
    }

    /** When calls to a host that fails are refused at once; by default never. */
    public Builder circuitBreaker(CircuitBreakerPolicy policy) {
      draft.resilience(layers -> layers.circuitBreaker(policy));
      return this;
    }

    /** How often attempts are sent, in all; by default without a limit. */
    public Builder rateLimit(RateLimit limit) {
      draft.resilience(layers -> layers.rateLimit(limit));
      return this;
    }

    /** How often attempts are sent to one host; by default without a limit. */
    public Builder rateLimitPerHost(RateLimit limit) {
      draft.resilience(layers -> layers.rateLimitPerHost(limit));
      return this;
    }

    /** A limiter of your own beside those, such as one for a whole fleet; may be repeated. */
    public Builder rateLimiter(RateLimiter limiter) {
      draft.resilience(layers -> layers.rateLimiter(limiter));
      return this;
    }

    /** Keeps other calls away while an answer's {@code Retry-After} lasts; by default not. */
    public Builder coolDown(CoolDown policy) {
      draft.resilience(layers -> layers.coolDown(policy));
      return this;
    }

    /** Sends a slow idempotent call once more beside the first; by default not. */
    public Builder hedge(HedgePolicy policy) {
      draft.options(options -> options.hedge(policy));
      return this;
    }

    /** Lets the number of calls that run at once to a host follow how it does; by default not. */
    public Builder adaptiveLimit(AdaptiveLimit limit) {
      draft.resilience(layers -> layers.adaptiveLimit(limit));
      return this;
    }

    /**
     * Whether identical GETs and HEADs (URL and every header, secrets included) that run at the
     * same time share one call on the wire; default false. Each caller has its own deadline, value
     * and error; the call is cancelled when the last of them leaves. Not for GETs with effects; and
     * what depends on who calls must be in the request, not in a filter. Streams never share.
     */
    public Builder singleFlight(boolean shared) {
      draft.options(options -> options.singleFlight(shared));
      return this;
    }

    /**
     * A header by which each attempt tells the server how many milliseconds are left for it: those
     * of the {@link #attemptTimeout}, or of the whole call if they are fewer; at least 1. By
     * default none. It goes to every host, and replaces what a request says there itself.
     *
     * @throws IllegalArgumentException if no header can have that name, or it frames the request
     */
    public Builder deadlineHeader(String name) {
      draft.resilience(layers -> layers.deadlineHeader(name));
      return this;
    }

    /**
     * Changes each request to the client's own origin right before each attempt, such as to sign
     * it; may be repeated, and they are asked in that order. See {@link RequestFilter}.
     */
    public Builder filter(RequestFilter filter) {
      ScopedFilter scoped = new ScopedFilter(filter, false);
      draft.resilience(layers -> layers.filter(scoped));
      return this;
    }

    /**
     * Like {@link #filter}, but asked for every request, also where a redirect or a link leads to
     * another origin: it must not add what is secret there.
     */
    public Builder filterEveryOrigin(RequestFilter filter) {
      ScopedFilter scoped = new ScopedFilter(filter, true);
      draft.resilience(layers -> layers.filter(scoped));
      return this;
    }

    /**
     * Changes each request when its terminal method is called, on that thread, such as to take
     * along what it knows: a trace, a tenant, the MDC; may be repeated. It is given a copy, so that
     * what it sets is not there when the request is sent again. A stream, {@code Pages}, a {@code
     * Download} and a web socket run it once, where they are consumed or connected; what they send
     * later, on other threads, has what it set.
     *
     * <p>What it throws ends the call with an {@code InvalidRequestError}, which has that as its
     * cause. It is to change the request only: it should neither send nor keep it. Calls of the
     * same client that it makes itself do not run it again.
     */
    public Builder beforeCall(Consumer<RequestSpec> hook) {
      Objects.requireNonNull(hook, "beforeCall");
      draft.resilience(
          layers ->
              layers.beforeCall((client, made) -> hook.accept(new RequestSpec(client, made))));
      return this;
    }

    /**
     * Sends a bearer token to the client's own origin, with requests that have no {@code
     * Authorization} of their own, be it by the client's headers. It is fetched when a call first
     * needs it, once for all that do, renewed before it expires, and renewed once where a server
     * answers 401, upon which the request goes again, whatever its method. A token that cannot be
     * had ends calls with a {@code TokenError}. See {@link TokenSource}.
     */
    public Builder bearer(TokenSource source) {
      draft.bearer(source);
      return this;
    }

    /**
     * Which addresses calls may reach, judged when a connection is made or taken; by default any.
     * Set {@link AddressGuard#publicOnly()} where URLs, or names in them, come from strangers. A
     * call to any other address ends with an {@code AddressBlockedError}, and nothing is sent.
     */
    public Builder addressGuard(AddressGuard guard) {
      draft.resilience(layers -> layers.addressGuard(guard));
      return this;
    }

    Builder platform(Platform platform) {
      draft.platform(platform);
      return this;
    }

    /**
     * Builds the client.
     *
     * @throws IllegalArgumentException if settings contradict each other, or secret headers would
     *     go along to the base URL of another origin; the message names them without their values
     */
    public AsyncHttpClient build() {
      return build(true);
    }

    private AsyncHttpClient build(boolean closeable) {
      return new AsyncHttpClient(draft.build(), closeable);
    }
  }
}
