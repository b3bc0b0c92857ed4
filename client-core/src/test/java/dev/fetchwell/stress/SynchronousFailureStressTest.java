package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.HttpMethod;
import dev.fetchwell.internal.async.AsyncBulkhead;
import dev.fetchwell.internal.async.AsyncBulkhead.Permit;
import dev.fetchwell.internal.async.AsyncBulkhead.Place;
import dev.fetchwell.internal.async.AsyncBulkhead.Waiter;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.QueueLimit;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallCounts;
import dev.fetchwell.internal.pipeline.CallEvents;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.permits.PermitLimits;
import dev.fetchwell.internal.pipeline.permits.Permits;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Eventually;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
    AsyncBulkhead bulkhead =
        new AsyncBulkhead(1, new QueueLimit(WAITERS), Platform.system().threads());
    Permit held = (Permit) Objects.requireNonNull(bulkhead.acquire());
    List<CompletableFuture<Void>> released = new ArrayList<>();
    for (int i = 0; i < WAITERS; i++) {
      released.add(
          ((Waiter) Objects.requireNonNull(bulkhead.acquire())).thenAccept(Permit::release));
    }

    held.release();

    awaitEnds(released);
    Eventually.holds(() -> isFree(bulkhead), "the permit is free");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, WAITERS + 1})
  void everyCallEndsAndThePermitIsBack(int permitsInAll) throws Exception {
    CompletableFuture<Reply> first = new CompletableFuture<>();
    AtomicInteger sent = new AtomicInteger();
    Stage failing =
        (request, context) ->
            sent.incrementAndGet() == 1 ? first : CompletableFuture.failedFuture(error(context));
    Permits permits =
        new Permits(
            new PermitLimits(permitsInAll, 1, WAITERS, WAITERS),
            null,
            BulkheadRegistry.ofDefaults(),
            Platform.system());
    Stage stage = permits.layer().around(failing);
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    for (int i = 0; i <= WAITERS; i++) {
      calls.add(send(stage, "http://localhost/"));
    }
    assertThat(permits.queued()).isEqualTo(WAITERS);

    first.completeExceptionally(error(context("http://localhost/")));

    awaitEnds(calls);
    assertThat(calls).allSatisfy(call -> assertThat(call).isCompletedExceptionally());
    assertThat(sent).hasValue(WAITERS + 1);
    Eventually.holds(() -> permits.inFlight() == 0 && permits.queued() == 0, "no permit held");
    Eventually.holds(() -> send(stage, "http://localhost/").isDone(), "the permit is free");
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
    Permits permits =
        new Permits(new PermitLimits(1, 1, WAITERS, WAITERS), null, registry, Platform.system());
    Stage stage = permits.layer().around(failing);
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    for (int i = 0; i <= WAITERS; i++) {
      calls.add(send(stage, "http://host-" + i + ".example/"));
    }

    first.completeExceptionally(error(context("http://localhost/")));

    awaitEnds(calls);
    assertThat(sent).hasValue(WAITERS + 1);
    Eventually.holds(() -> permits.inFlight() == 0 && permits.queued() == 0, "no permit held");
    Eventually.holds(() -> registry.getAllBulkheads().size() < 2_000, "idle hosts are forgotten");
  }

  private static CompletableFuture<Reply> send(Stage stage, String url) {
    CallContext context = context(url);
    return stage.send(context.request(), context);
  }

  private static CallContext context(String url) {
    FetchRequest request = new FetchRequest(HttpMethod.GET, URI.create(url), List.of(), null);
    CallInfo info = new CallInfo(1, "GET", URI.create(url), "localhost", "");
    CallContext context =
        new CallContext(
            request,
            CallOptions.standard().retry(RetryPolicy.none()),
            ReplyReaders.BYTES,
            Platform.system(),
            CallEvents.of(() -> info, List.of(), new CallCounts()));
    context.beginAttempt(false, false);
    return context;
  }

  private static FetchError error(CallContext context) {
    return new ConnectionError(ConnectionError.Kind.CONNECT, "refused", context.facts(), null);
  }

  private static boolean isFree(AsyncBulkhead bulkhead) {
    Place place = Objects.requireNonNull(bulkhead.acquire());
    if (place instanceof Permit permit) {
      permit.release();
      return true;
    }
    ((Waiter) place).cancel(false);
    return false;
  }

  private static void awaitEnds(List<? extends CompletableFuture<?>> calls) throws Exception {
    CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
        .exceptionally(failed -> null)
        .get(30, TimeUnit.SECONDS);
  }
}
