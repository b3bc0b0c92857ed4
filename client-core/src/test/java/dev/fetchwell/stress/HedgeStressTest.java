package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.FetchTimeoutError.Phase;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.SystemTimer;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.hedge.Hedges;
import dev.fetchwell.internal.pipeline.permits.PermitLimits;
import dev.fetchwell.internal.pipeline.permits.Permits;
import dev.fetchwell.internal.pipeline.retry.Retries;
import dev.fetchwell.internal.pipeline.time.AttemptTimeout;
import dev.fetchwell.internal.pipeline.time.Deadline;
import dev.fetchwell.observe.AttemptEnded;
import dev.fetchwell.observe.AttemptStarted;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.TestCalls;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Attempts that answer, fail, hang and are cancelled at random moments, on all threads. */
@Tag("stress")
@Timeout(120)
class HedgeStressTest {

  private static final int CALLS = 40_000;
  private static final int AT_ONCE = 64;
  private static final double SHARE = 0.5;

  private final Platform platform = Platform.system();
  private final Hedges hedges = new Hedges(platform);
  private final Permits permits =
      new Permits(
          new PermitLimits(48, 48, 1_000, 1_000), null, BulkheadRegistry.ofDefaults(), platform);
  private final Stage stage =
      Layer.onto(
          this::randomAnswer,
          List.of(
              Deadline.layer(),
              Retries.layer(RetryRegistry.ofDefaults(), platform),
              hedges.layer(),
              permits.layer(),
              this::counting,
              AttemptTimeout.layer()));
  private final CallOptions options =
      CallOptions.standard()
          .timeout(Duration.ofMillis(200))
          .attemptTimeout(Duration.ofMillis(20))
          .retry(
              RetryPolicy.builder()
                  .backoff(Backoff.fixed(Duration.ofMillis(1)))
                  .budget(RetryBudget.unlimited())
                  .build())
          .hedge(HedgePolicy.after(Duration.ofMillis(1)).max(2).budget(SHARE));

  /** One call, and what the wire and a listener saw of it. */
  private static final class Seen implements CallListener {

    private final FetchRequest request = TestCalls.request("GET");
    private final AtomicInteger sent = new AtomicInteger();
    private final ConcurrentLinkedQueue<Integer> started = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Integer> ended = new ConcurrentLinkedQueue<>();

    /** What the call says, if it ended by an attempt's end. */
    private volatile int attempts;

    @Override
    public void attemptStarted(AttemptStarted event) {
      started.add(event.attempt());
    }

    @Override
    public void attemptEnded(AttemptEnded event) {
      ended.add(event.attempt());
    }
  }

  private final ConcurrentHashMap<FetchRequest, Seen> calls = new ConcurrentHashMap<>();
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();

  @Test
  void nothingGetsLostAndEveryNumberIsRight() throws Exception {
    Random random = new Random(42);
    Semaphore places = new Semaphore(AT_ONCE);
    for (int i = 0; i < CALLS; i++) {
      places.acquire();
      CompletableFuture<Reply> call = start();
      var unused = call.whenComplete((reply, thrown) -> places.release());
      if (random.nextInt(5) == 0) {
        cancelSoon(call);
      }
    }
    assertThat(places.tryAcquire(AT_ONCE, 30, TimeUnit.SECONDS)).as("all ended").isTrue();
    Eventually.holds(() -> permits.inFlight() == 0 && permits.queued() == 0, "all permits back");
    SystemTimer timer = (SystemTimer) platform.timer();
    Eventually.holds(() -> timer.pending() == 0, "no timer");
    System.out.printf(
        "answered %s, failed %s, cancelled %s; hedges %d, won %d%n",
        answered, failed, cancelled, hedges.sent(), hedges.won());

    assertThat(hedges.sent()).isLessThanOrEqualTo((long) (SHARE * CALLS + 100 * SHARE));
    assertThat(hedges.sent()).isGreaterThan(CALLS / 20);
    assertThat(answered.get()).isGreaterThan(CALLS / 3);
    assertThat(failed.get()).isPositive();
    assertThat(cancelled.get()).isPositive();
    assertThat(
            calls.values().stream().filter(seen -> seen.attempts > 0).map(HedgeStressTest::problem))
        .allMatch(String::isEmpty);
  }

  private CompletableFuture<Reply> start() {
    Seen seen = new Seen();
    calls.put(seen.request, seen);
    CallContext context =
        TestCalls.context(seen.request, options, ReplyReaders.BYTES, platform, seen);
    CompletableFuture<Reply> call = stage.send(seen.request, context);
    var unused = call.whenComplete((reply, thrown) -> ended(seen, context, thrown));
    return call;
  }

  private void ended(Seen seen, CallContext context, @Nullable Throwable thrown) {
    Throwable error = thrown == null ? null : CallFuture.unwrap(thrown);
    boolean timedOut = error instanceof FetchTimeoutError late && late.phase() == Phase.TOTAL;
    if (error instanceof CancellationException) {
      cancelled.incrementAndGet();
    } else {
      (error == null ? answered : failed).incrementAndGet();
      seen.attempts = timedOut ? 0 : context.attempts();
    }
  }

  /** Not at the moment of the end: what it cut off may be on its way to the wire. */
  private static String problem(Seen seen) {
    List<Integer> begun = new ArrayList<>(seen.started);
    List<Integer> over = new ArrayList<>(seen.ended);
    over.sort(null);
    List<Integer> numbers = IntStream.rangeClosed(1, seen.sent.get()).boxed().toList();
    boolean isRight =
        begun.equals(numbers) && over.equals(numbers) && seen.attempts == numbers.size();
    return isRight
        ? ""
        : "sent %s, counted %d, begun %s, ended %s"
            .formatted(seen.sent, seen.attempts, begun, seen.ended);
  }

  private void cancelSoon(CompletableFuture<Reply> call) {
    Duration soon = Duration.ofNanos(ThreadLocalRandom.current().nextLong(4_000_000));
    var unused = platform.timer().schedule(soon, () -> platform.execute(() -> call.cancel(false)));
  }

  /** What goes out with its permits; a thread that stands still may time out before the wire. */
  private Stage counting(Stage next) {
    return (request, context) -> {
      Objects.requireNonNull(calls.get(request)).sent.incrementAndGet();
      return next.send(request, context);
    };
  }

  /** Good, bad, broken, or nothing at all; now, or a few milliseconds later. */
  private CompletableFuture<Reply> randomAnswer(FetchRequest request, CallContext context) {
    context.attempt().markSent();
    CallFuture<Reply> answer = new CallFuture<>();
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int kind = random.nextInt(100);
    if (kind < 2) {
      return answer;
    }
    Runnable end =
        () -> {
          if (kind < 70) {
            answer.complete(TestCalls.reply(200));
          } else if (kind < 85) {
            answer.complete(TestCalls.reply(503));
          } else {
            answer.completeExceptionally(
                new ConnectionError(ConnectionError.Kind.RESET, "", context.facts(), null));
          }
        };
    if (kind % 4 == 0) {
      end.run();
    } else {
      Duration later = Duration.ofNanos(random.nextLong(3_000_000));
      answer.after(platform.delay(later), end);
    }
    return answer;
  }
}
