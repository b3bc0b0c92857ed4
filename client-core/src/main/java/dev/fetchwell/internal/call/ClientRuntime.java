package dev.fetchwell.internal.call;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.CallCounts;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.ReplyReader;
import dev.fetchwell.internal.pipeline.Wire;
import dev.fetchwell.internal.pipeline.permits.Permits;
import dev.fetchwell.internal.text.CauseText;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.ClientStats;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a client is made of while it is open. Thread-safe. */
public final class ClientRuntime {

  private final Platform platform;
  private final Wire wire;
  private final Pipeline pipeline;
  private final Permits permits;
  private final BeforeCall hooks;
  private final CallCounts counts = new CallCounts();
  private final ActiveCalls active;
  private final CallEngine engine;

  /** Opens a client. */
  public ClientRuntime(ClientConfig config) {
    platform = config.platform();
    pipeline = new Pipeline(config);
    permits = pipeline.permits();
    hooks = new BeforeCall(config.resilience().beforeCall());
    active = new ActiveCalls(platform);
    wire = config.wire().apply(config);
    active.whenDrained(wire::close);
    engine =
        new CallEngine(
            pipeline.onto(wire),
            platform,
            active,
            counts,
            config.listeners(),
            config.carriers(),
            config.executor());
  }

  /** resilience4j's bulkheads. */
  public BulkheadRegistry bulkheads() {
    return pipeline.bulkheads();
  }

  /** How many of the client's permits are free. */
  public int freePermits() {
    return pipeline.bulkheads().bulkhead("all").getMetrics().getAvailableConcurrentCalls();
  }

  /** resilience4j's circuit breakers. */
  public CircuitBreakerRegistry breakers() {
    return pipeline.breakers();
  }

  /** resilience4j's retries. */
  public RetryRegistry retries() {
    return pipeline.retries();
  }

  /** Time and threads. */
  public Platform platform() {
    return platform;
  }

  /** Sends a request; what is wrong with it is in the future. */
  public <T extends @Nullable Object> CompletableFuture<T> send(
      RequestDraft draft, ReplyReader<T> reader) {
    return send(draft, reader, false);
  }

  private <T extends @Nullable Object> CompletableFuture<T> send(
      RequestDraft asked, ReplyReader<T> reader, boolean inside) {
    RequestDraft draft = hooks.changed(asked, this);
    Throwable byHook = draft.hookFailure();
    if (byHook != null) {
      String problem = "a beforeCall hook threw " + CauseText.of(byHook) + " (see its cause)";
      return CompletableFuture.failedFuture(invalid(draft, problem, byHook));
    }
    CallOptions options = draft.options();
    if (engine.isHeard()) {
      options = options.template(draft.template());
    }
    FetchRequest request;
    try {
      request = draft.request(reader.accept());
      reader.check();
    } catch (Throwable illegal) {
      return CompletableFuture.failedFuture(invalid(draft, RequestDraft.problem(illegal), illegal));
    }
    return inside
        ? engine.runInside(request, options, reader)
        : engine.run(request, options, reader);
  }

  /**
   * Lets the client's hooks have a request now, on this thread, unless they had it: what is made of
   * it later, on other threads, does not go by them again. What they throw, the terminal call
   * tells.
   */
  public void prepare(RequestDraft draft) {
    hooks.run(draft, this);
  }

  /** As {@link #send}, for the library's own use: goes on on the call's own thread. */
  public <T> CompletableFuture<T> sendInside(RequestDraft draft, ReplyReader<T> reader) {
    return send(draft, reader, true);
  }

  /** Tells a listener of the calls that begin from now on; until what it gives is run. */
  public Runnable listen(CallListener listener) {
    engine.listen(listener);
    return () -> engine.ignore(listener);
  }

  /** Something that lives long and ends with its client. */
  public interface LongLived {

    /** The client is being closed and will end this after the grace; returns at once. */
    void clientCloses(Duration grace);

    /** Ends at once, and then is {@linkplain ClientRuntime#release released}. */
    void clientClosed();
  }

  /** Has something ended with this client; false if the client is closed. */
  public boolean adopt(LongLived adopted) {
    return active.add(new Adopted(adopted));
  }

  /** It has ended and holds nothing. */
  public void release(LongLived adopted) {
    active.remove(new Adopted(adopted));
  }

  private record Adopted(LongLived held) implements ActiveCalls.ActiveCall {

    @Override
    public boolean isSent() {
      return true;
    }

    @Override
    public void closing(Duration grace) {
      held.clientCloses(grace);
    }

    @Override
    public void closeNow() {
      held.clientClosed();
    }
  }

  /** Where futures of callers complete that are not a call's: as those of calls do. */
  public void complete(Runnable completion) {
    platform.execute(() -> engine.onDependentsThread(completion));
  }

  private static InvalidRequestError invalid(
      RequestDraft draft, String problem, Throwable illegal) {
    CallFacts facts = new CallFacts(draft.method(), draft.shownUrl(), 0, Duration.ZERO, false);
    return new InvalidRequestError(problem, facts, illegal);
  }

  /** What the client does and has done. */
  public ClientStats stats() {
    return new ClientStats(
        permits.inFlight(),
        permits.queued(),
        counts.calls(),
        counts.attempts(),
        counts.retries(),
        counts.failures(),
        wire.openConnections(),
        wire.idleConnections(),
        pipeline.abandoned(),
        permits.openStreams(),
        pipeline.stats());
  }

  /** Refuses new calls, waits for those that run, and ends what is left after the grace. */
  public CompletableFuture<@Nullable Void> shutdown(Duration grace) {
    active.close();
    if (grace.isZero()) {
      endAll();
    } else {
      endAllAfter(grace);
      active.announceEnd(grace);
    }
    return active.drained();
  }

  private void endAllAfter(Duration grace) {
    Cancellable end;
    try {
      end = platform.timer().schedule(grace, () -> platform.continuations().execute(this::endAll));
    } catch (Throwable noThread) {
      endAll();
      return;
    }
    active.whenDrained(end::cancel);
  }

  private void endAll() {
    pipeline.close();
    active.endAll();
  }
}
