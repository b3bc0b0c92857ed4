package dev.fetchwell;

import dev.fetchwell.http.Header;
import dev.fetchwell.http.RequestUri;
import dev.fetchwell.internal.pipeline.AttemptTimeoutStage;
import dev.fetchwell.internal.pipeline.BulkheadStage;
import dev.fetchwell.internal.pipeline.Bulkheads;
import dev.fetchwell.internal.pipeline.DeadlineStage;
import dev.fetchwell.internal.pipeline.RedirectStage;
import dev.fetchwell.internal.pipeline.RetryStage;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.StatusStage;
import dev.fetchwell.internal.transport.OkHttpStage;
import dev.fetchwell.internal.transport.SharedTransport;
import dev.fetchwell.internal.transport.Transport;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.ClientStats;
import dev.fetchwell.policy.Checks;
import dev.fetchwell.policy.RetryPolicy;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
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
 * <p>Thread-safe; make one and keep it. No method blocks. Futures complete on the call's own thread
 * (or {@link Builder#executor}) after everything the call held was given back, so dependents may
 * block. Cancelling a future stops its call wherever it is: queued, before a retry, on the wire.
 */
public final class AsyncHttpClient implements HttpCalls, AutoCloseable {

  private final ClientConfig config;
  private final ClientParts parts;
  private final boolean closeable;

  private AsyncHttpClient(ClientConfig config, ClientParts parts, boolean closeable) {
    this.config = config;
    this.parts = parts;
    this.closeable = closeable;
  }

  private static final class Shared {

    private static final AsyncHttpClient CLIENT = builder().build(false);
  }

  /** The client of the whole process, with defaults; closing it does nothing. */
  public static AsyncHttpClient shared() {
    return Shared.CLIENT;
  }

  /** A client with defaults, to be closed by its owner. */
  public static AsyncHttpClient create() {
    return builder().build();
  }

  /** Starts a client with settings of its own. */
  public static Builder builder() {
    return new Builder(new ClientSettings());
  }

  /** A builder with this client's settings, for a changed copy on the same connection pool. */
  public Builder toBuilder() {
    return new Builder(new ClientSettings(config));
  }

  @Override
  public RequestSpec request(String method, String url, Object... variables) {
    return new RequestSpec(parts, new RequestDraft(config, method, url, variables));
  }

  /** What the client does and has done; a snapshot. */
  public ClientStats stats() {
    return parts.stats();
  }

  /**
   * resilience4j's bulkheads, one named by each host and one named {@code all}; for its metrics.
   */
  public BulkheadRegistry bulkheads() {
    return parts.bulkheads();
  }

  /** resilience4j's retries, one for each policy in use; for its metrics. */
  public RetryRegistry retries() {
    return parts.retries();
  }

  /**
   * Refuses new calls, waits for those that run, and cancels what is left after the grace. A call
   * that was never sent then fails with {@code ClientClosedError}; one that was is cancelled.
   *
   * @param grace at least zero
   * @return completes when no call holds anything; a call that this ended may hand over its error a
   *     moment later
   */
  public CompletableFuture<@Nullable Void> shutdown(Duration grace) {
    Checks.notNegative("grace", grace);
    return closeable ? parts.shutdown(grace) : CompletableFuture.completedFuture(null);
  }

  /** {@link #shutdown} without grace; returns at once, and again does nothing. */
  @Override
  public void close() {
    shutdown(Duration.ZERO).exceptionally(never -> null);
  }

  /** Collects the settings of a client; confined to one thread. */
  public static final class Builder {

    private final ClientSettings settings;

    private Builder(ClientSettings settings) {
      this.settings = settings;
    }

    /** What relative URLs are appended to; secret headers of the client go to its origin only. */
    public Builder baseUrl(String url) {
      settings.baseUrl(RequestUri.parse(url));
      return this;
    }

    /** A header for every request that does not set it itself. */
    public Builder header(String name, String value) {
      settings.header(new Header(name, value, Header.isSensitive(name)));
      return this;
    }

    /** A header that is shown nowhere and never sent to another origin. */
    public Builder secretHeader(String name, String value) {
      settings.header(new Header(name, value, true));
      return this;
    }

    /** The {@code User-Agent}, default {@code fetchwell}. */
    public Builder userAgent(String agent) {
      settings.header(new Header("User-Agent", agent, false));
      return this;
    }

    /** The time for a whole call, default 30 s. */
    public Builder timeout(Duration total) {
      settings.limits().timeout(total);
      return this;
    }

    /** The time for one attempt, default 10 s, or the whole call's if that is shorter. */
    public Builder attemptTimeout(Duration attempt) {
      settings.limits().attemptTimeout(attempt);
      return this;
    }

    /** The time to connect with TCP and TLS, default 5 s. */
    public Builder connectTimeout(Duration connect) {
      settings.limits().connectTimeout(connect);
      return this;
    }

    /** The time to wait for a permit, default as long as the whole call may take. */
    public Builder queueTimeout(Duration queue) {
      settings.limits().queueTimeout(queue);
      return this;
    }

    /** The longest silence in a streamed body, default 30 s. */
    public Builder idleTimeout(Duration idle) {
      settings.limits().idleTimeout(idle);
      return this;
    }

    /** Calls that run at once in all, default 256. */
    public Builder maxConcurrency(int calls) {
      settings.maxConcurrency(calls);
      return this;
    }

    /** Calls that run at once to one host, default 64, or the number in all if that is lower. */
    public Builder maxConcurrencyPerHost(int calls) {
      settings.maxConcurrencyPerHost(calls);
      return this;
    }

    /** Calls that may wait for a permit, default 10,000; 0: none. */
    public Builder maxQueued(int calls) {
      settings.maxQueued(calls);
      return this;
    }

    /** The largest body kept in memory, in bytes after decompression, default 10 MiB. */
    public Builder maxResponseBytes(long bytes) {
      settings.maxResponseBytes(bytes);
      return this;
    }

    /** What is tried again, default {@link RetryPolicy#standard()}. */
    public Builder retry(RetryPolicy policy) {
      settings.retry(policy);
      return this;
    }

    /** What encodes and decodes JSON, default Jackson. */
    public Builder codec(JsonCodec codec) {
      settings.codec(codec);
      return this;
    }

    /** Hears what happens to each call; may be given several times. */
    public Builder listener(CallListener listener) {
      settings.listener(listener);
      return this;
    }

    /** Where futures complete and so dependents run, default the call's own thread. */
    public Builder executor(Executor executor) {
      settings.executor(executor);
      return this;
    }

    /** Whose pool, DNS, proxy, TLS and interceptors to use; its owner shuts it down. */
    public Builder okHttp(OkHttpClient client) {
      Objects.requireNonNull(client, "client");
      settings.transport(() -> SharedTransport.of(client));
      return this;
    }

    Builder seams(Seams seams) {
      settings.seams(seams);
      return this;
    }

    /**
     * The client.
     *
     * @throws IllegalArgumentException if settings contradict each other
     */
    public AsyncHttpClient build() {
      return build(true);
    }

    private AsyncHttpClient build(boolean closeable) {
      ClientConfig config = settings.build();
      return new AsyncHttpClient(config, pipeline(config), closeable);
    }

    /** The order of the stages, outermost first when read from the end. */
    private static ClientParts pipeline(ClientConfig config) {
      Seams seams = config.seams();
      BulkheadRegistry bulkheads = BulkheadRegistry.ofDefaults();
      RetryRegistry retries = RetryRegistry.ofDefaults();
      Transport transport = config.transport().get();
      Stage wire = new OkHttpStage(transport, seams.threads());
      Stage status = new StatusStage(wire, seams.clock());
      Stage timed = new AttemptTimeoutStage(status);
      BulkheadStage bounded =
          new BulkheadStage(timed, new Bulkheads(config.limits(), bulkheads, seams.threads()));
      Stage retried = new RetryStage(bounded, retries, seams.timer(), seams.random());
      Stage redirected = new RedirectStage(retried);
      Stage whole = new DeadlineStage(redirected);
      return new ClientParts(
          new ClientParts.Wiring(transport, bulkheads, retries, bounded, whole), config);
    }
  }
}
