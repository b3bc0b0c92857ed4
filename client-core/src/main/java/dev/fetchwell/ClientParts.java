package dev.fetchwell;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.concurrent.Timer;
import dev.fetchwell.internal.pipeline.BulkheadStage;
import dev.fetchwell.internal.pipeline.CallSettings;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.transport.Transport;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.ClientStats;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a client is made of while it is open. */
final class ClientParts {

  private final Transport transport;
  private final BulkheadRegistry bulkheads;
  private final RetryRegistry retries;
  private final BulkheadStage bulkhead;
  private final Timer timer;
  private final StatsListener counts = new StatsListener();
  private final ActiveCalls active;
  private final CallRunner runner;

  /** The pieces that a builder wires. */
  record Wiring(
      Transport transport,
      BulkheadRegistry bulkheads,
      RetryRegistry retries,
      BulkheadStage bulkhead,
      Stage pipeline) {}

  ClientParts(Wiring wiring, ClientConfig config) {
    transport = wiring.transport();
    bulkheads = wiring.bulkheads();
    retries = wiring.retries();
    bulkhead = wiring.bulkhead();
    timer = config.seams().timer();
    active = new ActiveCalls(config.seams().threads());
    List<CallListener> listeners = new ArrayList<>();
    listeners.add(counts);
    listeners.addAll(config.listeners());
    runner =
        new CallRunner(wiring.pipeline(), timer, active, List.copyOf(listeners), config.executor());
  }

  BulkheadRegistry bulkheads() {
    return bulkheads;
  }

  RetryRegistry retries() {
    return retries;
  }

  <T extends @Nullable Object> CompletableFuture<T> send(
      RequestDraft draft, ReplyMode mode, Terminal<T> terminal) {
    CallSettings settings = draft.settings(mode);
    FetchRequest request;
    try {
      request = draft.request(mode);
    } catch (IllegalArgumentException illegal) {
      return CompletableFuture.failedFuture(invalid(draft, illegal));
    }
    return runner.run(request, settings, terminal);
  }

  private static InvalidRequestError invalid(RequestDraft draft, IllegalArgumentException illegal) {
    CallFacts facts = new CallFacts(draft.method(), draft.shownUrl(), 0, Duration.ZERO, false);
    String problem = illegal.getMessage() == null ? "illegal" : illegal.getMessage();
    return new InvalidRequestError(problem, facts, illegal);
  }

  ClientStats stats() {
    return new ClientStats(
        bulkhead.inFlight(),
        bulkhead.queued(),
        counts.calls(),
        counts.attempts(),
        counts.retries(),
        counts.failures(),
        transport.openConnections(),
        transport.idleConnections());
  }

  CompletableFuture<@Nullable Void> shutdown(Duration grace) {
    CompletableFuture<@Nullable Void> drained = active.close();
    Timer.Scheduled end = Timer.Scheduled.NONE;
    if (grace.isZero()) {
      endAll();
    } else {
      end = timer.schedule(grace, this::endAll);
    }
    Timer.Scheduled notNeeded = end;
    return drained.thenRun(
        () -> {
          notNeeded.cancel();
          transport.close();
        });
  }

  private void endAll() {
    bulkhead.close();
    active.endAll();
  }
}
