package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.HttpMethod;
import dev.fetchwell.http.RequestUri;
import dev.fetchwell.internal.concurrent.AsyncBulkhead;
import dev.fetchwell.internal.concurrent.AsyncBulkhead.Permit;
import dev.fetchwell.internal.concurrent.CallThreads;
import dev.fetchwell.internal.concurrent.QueueLimit;
import dev.fetchwell.internal.pipeline.BulkheadStage;
import dev.fetchwell.internal.pipeline.Bulkheads;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallEvents;
import dev.fetchwell.internal.pipeline.CallSettings;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.policy.BulkheadLimits;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.policy.Timeouts;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thousands wait behind one permit for work that fails before it returns. */
@Tag("stress")
@Timeout(60)
class SynchronousFailureStressTest {

  private static final int WAITERS = 20_000;

  @Test
  void waitersThatReleaseAtOnceDoNotNest() throws Exception {
    AsyncBulkhead bulkhead = new AsyncBulkhead(1, new QueueLimit(WAITERS), CallThreads.shared());
    Permit held = bulkhead.acquire().orElseThrow().join();
    List<CompletableFuture<Void>> released = new ArrayList<>();
    for (int i = 0; i < WAITERS; i++) {
      released.add(bulkhead.acquire().orElseThrow().thenAccept(Permit::release));
    }

    held.release();

    awaitEnds(released);
    Settled.await("the permit is free", () -> isFree(bulkhead));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, WAITERS + 1})
  void everyCallEndsAndThePermitIsBack(int permitsInAll) throws Exception {
    CompletableFuture<Reply> first = new CompletableFuture<>();
    AtomicInteger sent = new AtomicInteger();
    Stage failing =
        (request, context) ->
            sent.incrementAndGet() == 1 ? first : CompletableFuture.failedFuture(error(context));
    BulkheadStage stage =
        new BulkheadStage(
            failing,
            new Bulkheads(
                new BulkheadLimits(permitsInAll, 1, WAITERS),
                BulkheadRegistry.ofDefaults(),
                CallThreads.shared()));
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    for (int i = 0; i <= WAITERS; i++) {
      calls.add(send(stage, "http://localhost/"));
    }
    assertThat(stage.queued()).isEqualTo(WAITERS);

    first.completeExceptionally(error(context("http://localhost/")));

    awaitEnds(calls);
    assertThat(calls).allSatisfy(call -> assertThat(call).isCompletedExceptionally());
    assertThat(sent).hasValue(WAITERS + 1);
    Settled.await("no permit held", () -> stage.inFlight() == 0 && stage.queued() == 0);
    Settled.await("the permit is free", () -> send(stage, "http://localhost/").isDone());
  }

  /** All wait for the one permit of the client, none for a host's. */
  @Test
  void waitersOfManyHostsEndToo() throws Exception {
    CompletableFuture<Reply> first = new CompletableFuture<>();
    AtomicInteger sent = new AtomicInteger();
    Stage failing =
        (request, context) ->
            sent.incrementAndGet() == 1 ? first : CompletableFuture.failedFuture(error(context));
    BulkheadRegistry registry = BulkheadRegistry.ofDefaults();
    BulkheadStage stage =
        new BulkheadStage(
            failing,
            new Bulkheads(new BulkheadLimits(1, 1, WAITERS), registry, CallThreads.shared()));
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    for (int i = 0; i <= WAITERS; i++) {
      calls.add(send(stage, "http://host-" + i + ".example/"));
    }

    first.completeExceptionally(error(context("http://localhost/")));

    awaitEnds(calls);
    assertThat(sent).hasValue(WAITERS + 1);
    Settled.await("no permit held", () -> stage.inFlight() == 0 && stage.queued() == 0);
    Settled.await("idle hosts are forgotten", () -> registry.getAllBulkheads().size() < 2_000);
  }

  private static CompletableFuture<Reply> send(Stage stage, String url) {
    CallContext context = context(url);
    return stage.send(context.request(), context);
  }

  private static CallContext context(String url) {
    FetchRequest request = new FetchRequest(HttpMethod.GET, RequestUri.parse(url), List.of(), null);
    CallSettings settings =
        new CallSettings(Timeouts.standard(), RetryPolicy.none(), 1_000, false, false, true, "");
    CallEvents events = new CallEvents(new CallInfo(1, "GET", url, "localhost", ""), List.of());
    return new CallContext(request, settings, CallThreads.timer(), events);
  }

  private static FetchError error(CallContext context) {
    return new ConnectionError(ConnectionError.Kind.CONNECT, "refused", context.facts(), null);
  }

  private static boolean isFree(AsyncBulkhead bulkhead) {
    Permit permit = bulkhead.acquire().orElseThrow().getNow(null);
    if (permit != null) {
      permit.release();
    }
    return permit != null;
  }

  private static void awaitEnds(List<? extends CompletableFuture<?>> calls) throws Exception {
    CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
        .exceptionally(failed -> null)
        .get(30, TimeUnit.SECONDS);
  }
}
